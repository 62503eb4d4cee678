// SPDX-License-Identifier: MIT
// The rules of HTTP/1.x by example (RFC 9112; RFC 9110), one row each. A row runs on connections of
// its own, whole and a byte at a time, and must come to the same both times. Before and after it a
// plain request shows that the server serves: a refusal proves nothing about a server that refuses
// all.
#include <cstdlib>

#include "server_fixture.h"

namespace e3::server {
namespace {

using std::string_literals::operator""s;

struct Row {
  std::string_view rule;
  std::string request;
  // What comes back: of each response its status, with ":" and the body after 200, and at last
  // whether the connection is open or has ended.
  std::string_view outcome;
  bool ends_input = false;  // the client ends its side after the request
};

const std::string kHost = "Host: t\r\n";

std::string line(const std::string& request_line) { return request_line + "\r\n" + kHost + "\r\n"; }

std::string with(const std::string& fields) { return "GET /a HTTP/1.1\r\n" + kHost + fields; }

std::string post(const std::string& fields, const std::string& body) {
  return "POST /a HTTP/1.1\r\n" + kHost + fields + "\r\n" + body;
}

std::string length(const std::string& value, const std::string& body = "hello") {
  return post("Content-Length: " + value + "\r\n", body);
}

std::string coding(const std::string& value) {
  return post("Transfer-Encoding:" + value + "\r\n", "5\r\nhello\r\n0\r\n\r\n");
}

std::string chunked(const std::string& body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

std::string repeat(std::size_t count, const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i != count; ++i) result += text;
  return result;
}

class HttpRulesTest : public ServerTest {
 protected:
  HttpRulesTest() { start(Protocol::kHttp); }

  std::string outcome_of(const Row& row, std::size_t piece_size) {
    Client client = connect();
    std::string received;
    for (std::size_t sent = 0; sent != row.request.size();) {
      const std::size_t size =
          client.send_some(std::string_view(row.request).substr(sent, piece_size));
      if (size == 0) break;
      sent += size;
      settle();
      received += client.receive();
    }
    if (row.ends_input) client.end_input();
    settle();
    received += client.receive();
    const bool has_body = !row.request.starts_with("HEAD ");
    return summarise(received, has_body) + (client.has_ended() ? "end" : "open");
  }

  void expect_rows(std::span<const Row> rows) {
    const Row control{"control", line("GET /control HTTP/1.1"), "200:control open"};
    for (const Row& row : rows) {
      SCOPED_TRACE(row.rule);
      const std::string shown = row.request.substr(0, 200);
      ASSERT_EQ(outcome_of(control, std::string::npos), control.outcome) << "before";
      EXPECT_EQ(outcome_of(row, std::string::npos), row.outcome) << shown;
      const std::size_t small = row.request.size() < 2000 ? 1 : 1000;
      EXPECT_EQ(outcome_of(row, small), row.outcome) << shown << ", in pieces of " << small;
      ASSERT_EQ(outcome_of(control, std::string::npos), control.outcome) << "after";
    }
  }

 private:
  // Takes responses apart as strictly as a client may: each needs a status line, and unless it is
  // an interim one a Date, a Content-Type and a Content-Length.
  static std::string summarise(std::string_view bytes, bool first_has_body) {
    std::string summary;
    while (!bytes.empty()) {
      const std::size_t head_size = bytes.find("\r\n\r\n");
      const std::string_view head = bytes.substr(0, head_size);
      const bool is_response = head.starts_with("HTTP/1.0 ") || head.starts_with("HTTP/1.1 ");
      if (head_size == bytes.npos || !is_response || head[12] != ' ') return "not a response ";
      const std::string_view status = head.substr(9, 3);
      bytes.remove_prefix(head_size + 4);
      summary += status;
      if (status[0] != '1') {
        const std::size_t at = head.find("\r\nContent-Length: ");
        if (at == head.npos || head.find("\r\nDate: ") == head.npos ||
            head.find("\r\nContent-Type: ") == head.npos) {
          return "lacks a field ";
        }
        std::size_t size = std::strtoul(head.data() + at + 18, nullptr, 10);
        if (summary.size() == status.size() && !first_has_body) size = 0;
        if (size > bytes.size()) return "cut short ";
        if (status == "200") summary.append(":").append(bytes.substr(0, size));
        bytes.remove_prefix(size);
      }
      summary += ' ';
    }
    return summary;
  }
};

TEST_F(HttpRulesTest, RequestLines) {
  const Row rows[] = {
      {"HTTP/1.1", line("GET /a HTTP/1.1"), "200:a open"},
      {"HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n", "200:a end"},
      {"HTTP/0.9 has no head that ends", "GET /a\r\n", "open"},
      {"HTTP/0.9 is no version", "GET /a\r\n\r\n", "400 end"},
      {"no version", "GET / \r\n\r\n", "400 end"},
      {"no target", line("GET HTTP/1.1"), "400 end"},
      {"no target but a space", line("GET  HTTP/1.1"), "400 end"},
      {"a major version to come", line("GET /a HTTP/9.9"), "505 end"},
      {"HTTP/2 in HTTP/1 clothes", line("GET /a HTTP/2.0"), "505 end"},
      {"a minor version to come is served", line("GET /a HTTP/1.2"), "200:a open"},
      {"version without minor", line("GET /a HTTP/1"), "400 end"},
      {"version without digit", line("GET /a HTTP/1."), "400 end"},
      {"version with leading zeros", line("GET /a HTTP/01.01"), "400 end"},
      {"version with a space", line("GET /a HTTP/ 1.1"), "400 end"},
      {"version in lower case", line("GET /a http/1.1"), "400 end"},
      {"minor version of two digits", line("GET /a HTTP/1.32"), "400 end"},
      {"version that overflows", line("GET /a HTTP/4294967295.255"), "400 end"},
      {"version with returns", line("GET /a HTTP/\r\r1.1"), "400 end"},
      {"two spaces", line("GET  /a HTTP/1.1"), "400 end"},
      {"a tab", line("GET\t/a HTTP/1.1"), "400 end"},
      {"a line feed for the space", "GET /a\nHTTP/1.1\r\n\r\n", "400 end"},
      {"a space in the target", line("GET /pa th HTTP/1.1"), "400 end"},
      {"something after the version", line("GET /a HTTP/1.1 X"), "400 end"},
      {"bare line feeds", "GET /a HTTP/1.1\nHost: t\n\n", "200:a open"},
      {"a bare return", "GET /a HTTP/1.1\rHost: t\r\n\r\n", "400 end"},
      {"an empty line before", "\r\n" + line("GET /a HTTP/1.1"), "200:a open"},
      {"words before", line("Extra lineGET /a HTTP/1.1"), "400 end"},
      {"empty lines before it", "\r\n\n\n\r\n" + line("GET /a HTTP/1.1"), "200:a open"},
      {"a bare return in an empty line before it", "\r\r\n\n" + line("GET /a HTTP/1.1"), "400 end"},
      {"nothing but bare returns", "\r\r", "400 end", true},
      {"nothing but spaces", "   \r\n\r\n", "400 end"},
      {"a method in lower case", line("get /a HTTP/1.1"), "501 end"},
      {"an unknown method", line("FOOBAR /a HTTP/1.1"), "501 end"},
      {"a method that is no token", line("G=\":<>(e),[T];?\" /a HTTP/1.1"), "400 end"},
      {"a method of NUL", line("\0 /a HTTP/1.1"s), "400 end"},
      {"a method of 100 KiB", line(std::string(102400, 'G') + " /a HTTP/1.1"), "414 end"},
      {"CONNECT makes no tunnel", line("CONNECT h:1 HTTP/1.1"), "501 end"},
      {"TRACE echoes nothing", line("TRACE /a HTTP/1.1"), "501 end"},
      {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 end"},
      {"a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, "400 end", true},
      {"a TLS hello with a head's end in it", "\x16\x03\x01\n\r\n"s, "400 end"},
      {"nothing at all", "", "end", true},
  };
  expect_rows(rows);
}

TEST_F(HttpRulesTest, Targets) {
  const Row rows[] = {
      {"absolute form", line("GET http://t/a HTTP/1.1"), "200:a open"},
      {"absolute form in capitals", line("GET HTTP://T/a HTTP/1.1"), "200:a open"},
      {"absolute form without a host", line("GET http:///a HTTP/1.1"), "400 end"},
      {"asterisk for OPTIONS", line("OPTIONS * HTTP/1.1"),
       "200:Hello add characters to your url to see the echo open"},
      {"asterisk for GET", line("GET * HTTP/1.1"), "400 end"},
      {"a fragment", line("GET /a#f HTTP/1.1"), "400 end"},
      {"NUL", line("GET /\0x HTTP/1.1"s), "400 end"},
      {"beyond ASCII", line("GET /\xff HTTP/1.1"), "400 end"},
      {"an encoded NUL stays encoded", line("GET /%00 HTTP/1.1"), "200:%00 open"},
      {"encoded line ends stay encoded", line("GET /%0d%0aX-I:1 HTTP/1.1"), "200:%0d%0aX-I:1 open"},
      {"no path", line("GET ! HTTP/1.1"), "400 end"},
      {"a query", line("GET /a?b=c HTTP/1.1"), "200:a?b=c open"},
  };
  expect_rows(rows);
}

TEST_F(HttpRulesTest, LongTargets) {
  const std::string of_8000(8000 - std::string_view("GET / HTTP/1.1").size(), 'x');
  const std::string echoed = "200:" + of_8000 + " open";
  const Row rows[] = {
      {"a request line of 8000 bytes", line("GET /" + of_8000 + " HTTP/1.1"), echoed},
      {"a target of 1 MiB", line("GET /" + std::string(1 << 20, 'x') + " HTTP/1.1"), "414 end"},
  };
  expect_rows(rows);
}

TEST_F(HttpRulesTest, Hosts) {
  const auto host = [](const std::string& fields) {
    return "GET /a HTTP/1.1\r\n" + fields + "\r\n";
  };
  const Row rows[] = {
      {"missing", host(""), "400 end"},
      {"missing in HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n", "200:a end"},
      {"two that differ", host("Host: t\r\nHost: u\r\n"), "400 end"},
      {"two that agree", host("Host: t\r\nHost: t\r\n"), "400 end"},
      {"a space", host("Host: bad host\r\n"), "400 end"},
      {"a user", host("Host: u@t\r\n"), "400 end"},
      {"a path", host("Host: t/p\r\n"), "400 end"},
      {"a list", host("Host: a, b\r\n"), "400 end"},
      {"empty", host("Host:\r\n"), "400 end"},
      {"a port", host("Host: t:8080\r\n"), "200:a open"},
      {"an IPv6 address", host("Host: [::1]:80\r\n"), "200:a open"},
      {"an IPv6 address that ends in an IPv4 one", host("Host: [::ffff:1.2.3.4]\r\n"),
       "200:a open"},
      {"brackets around nothing", host("Host: []\r\n"), "400 end"},
      {"brackets around a colon", host("Host: [:]\r\n"), "400 end"},
      {"brackets around dots", host("Host: [....]\r\n"), "400 end"},
      {"brackets around an IPv4 address", host("Host: [1.2.3.4]\r\n"), "400 end"},
      {"an escape", host("Host: a%c3%A4\r\n"), "200:a open"},
      {"an escape that is none", host("Host: a%zz\r\n"), "400 end"},
      {"half an escape", host("Host: a%2\r\n"), "400 end"},
      {"half an escape and a port", host("Host: a%2:80\r\n"), "400 end"},
      {"any case, and a tab", host("hoSt:\tt\r\n"), "200:a open"},
  };
  expect_rows(rows);
}

TEST_F(HttpRulesTest, Fields) {
  const Row rows[] = {
      {"a space before the colon", with("X-T : v\r\n\r\n"), "400 end"},
      {"a space in the name", with("Bad Field: v\r\n\r\n"), "400 end"},
      {"no colon", with("NoColonHere\r\n\r\n"), "400 end"},
      {"a length without a colon", with("Content-Length 10\r\n\r\n"), "400 end"},
      {"no name", with(": v\r\n\r\n"), "400 end"},
      {"a colon alone", with(":\r\n\r\n"), "400 end"},
      {"a bracket in the name", with("Bad[N: v\r\n\r\n"), "400 end"},
      {"a name beyond ASCII", with("\xefoo: v\r\n\r\n"), "400 end"},
      {"a control of ISO 8859 in the name", with("X\x85: v\r\n\r\n"), "400 end"},
      {"white space before the first", "GET /a HTTP/1.1\r\n X: v\r\n" + kHost + "\r\n", "400 end"},
      {"a line of white space", "GET /a HTTP/1.1\r\n \r\n" + kHost + "\r\n", "400 end"},
      {"a folded line", with("X: a\r\n b\r\n\r\n"), "400 end"},
      {"NUL in a value", with("X: a\0b\r\n\r\n"s), "400 end"},
      {"a bare return in a value", with("X: a\rb\r\n\r\n"), "400 end"},
      {"a bell in a value", with("X: a\ab\r\n\r\n"), "400 end"},
      {"an empty value", with("Empty:\r\n\r\n"), "200:a open"},
      {"white space around a value", with("X: \t a b \t\r\n\r\n"), "200:a open"},
      {"beyond ASCII in a value", with("X: \xc3\xa9\r\n\r\n"), "200:a open"},
      {"a return before the empty line", with("\rX: y\r\n\r\n"), "400 end"},
      {"two returns for the empty line", with("\r\r\n\r\n"), "400 end"},
      {"100 of them", with(repeat(99, "X: y\r\n") + "\r\n"), "200:a open"},
      {"more than 100", with(repeat(100, "X: y\r\n") + "\r\n"), "431 end"},
      {"10000 of them", with(repeat(10000, "X: y\r\n") + "\r\n"), "431 end"},
      {"one of 8 KiB", with("X: " + std::string(8192, 'y') + "\r\n\r\n"), "200:a open"},
      {"one of 1 MiB", with("X: " + std::string(1 << 20, 'y') + "\r\n\r\n"), "431 end"},
  };
  expect_rows(rows);
}

TEST_F(HttpRulesTest, ContentLengths) {
  const Row rows[] = {
      {"right", length("5"), "200:a open"},
      {"zero", length("0", ""), "200:a open"},
      {"absent, and a request behind", post("", "") + line("GET /b HTTP/1.1"), "200:a 200:b open"},
      {"leading zeros are decimal", length("005"), "200:a open"},
      {"a word", length("abc"), "400 end"},
      {"a plus", length("+5"), "400 end"},
      {"negative", length("-1"), "400 end"},
      {"negative zero", length("-0"), "400 end"},
      {"hexadecimal", length("0x5"), "400 end"},
      {"octal", length("0o5"), "400 end"},
      {"with an underscore", length("1_0"), "400 end"},
      {"with a space", length("1 0"), "400 end"},
      {"with a letter", length("5Z"), "400 end"},
      {"empty", length(""), "400 end"},
      {"20 digits", length("99999999999999999999"), "400 end"},
      {"2^63", length("9223372036854775808"), "413 end"},
      {"2^64", length("18446744073709551616"), "400 end"},
      {"2^64 + 5", length("18446744073709551621"), "400 end"},
      {"two that differ", length("5\r\nContent-Length: 7"), "400 end"},
      {"two that agree", length("5\r\nContent-Length: 5"), "400 end"},
      {"a list", length("5, 7"), "400 end"},
      {"more than comes", length("10"), "400 end", true},
      {"more than comes so far", length("10"), "open"},
      {"a gigabyte", length("999999999", ""), "413 end"},
      {"less than comes", length("0", "X"), "200:a 400 end", true},
  };
  expect_rows(rows);
}

TEST_F(HttpRulesTest, TransferCodings) {
  const Row rows[] = {
      {"chunked", coding(" chunked"), "200:a open"},
      {"in capitals", coding(" CHUNKED"), "200:a open"},
      {"in HTTP/1.0", "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 end"},
      {"with a length", coding(" chunked\r\nContent-Length: 5"), "400 end"},
      {"after a length", post("Content-Length: 5\r\ntransfer-encodinG: Chunked\r\n", "hello"),
       "400 end"},
      {"unknown", coding(" gzip, chunked"), "501 end"},
      {"unknown, in two fields", coding(" gzip\r\nTransfer-Encoding: chunked"), "501 end"},
      {"unknown, with a length", coding(" gzip, chunked\r\nContent-Length: 5"), "400 end"},
      {"chunked not there", coding(" gzip"), "400 end"},
      {"chunked not last", coding(" chunked, gzip"), "400 end"},
      {"chunked not last of two fields", coding(" chunked\r\nTransfer-Encoding: gzip"), "400 end"},
      {"chunked with a parameter", coding(" chunked;q=1"), "400 end"},
      {"chunked in quotes", coding(" gzip;a=\"b, chunked\""), "400 end"},
      {"twice in a list", coding(" chunked, chunked"), "400 end"},
      {"twice", coding(" chunked\r\nTransfer-Encoding: chunked"), "400 end"},
      {"nearly chunked", coding(" xchunked"), "400 end"},
      {"empty elements", coding(" , ,chunked\t,"), "200:a open"},
      {"nothing but empty elements", coding(" ,,"), "400 end"},
      {"a vertical tab", coding("\vchunked"), "400 end"},
      {"a form feed", coding("\fchunked"), "400 end"},
      {"NUL", coding("\0chunked"s), "400 end"},
      {"empty", coding(""), "400 end"},
      {"empty, with a length", post("Transfer-Encoding:\r\nContent-Length: 5\r\n", "hello"),
       "400 end"},
  };
  expect_rows(rows);
}

TEST_F(HttpRulesTest, Chunks) {
  const Row rows[] = {
      {"several", chunked("5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"), "200:a open"},
      {"an extension", chunked("5;x=y\r\nhello\r\n0\r\n\r\n"), "200:a open"},
      {"a trailer", chunked("5\r\nhello\r\n0\r\nX: y\r\n\r\n"), "200:a open"},
      {"hexadecimal in capitals", chunked("A\r\n0123456789\r\n0\r\n\r\n"), "200:a open"},
      {"none", chunked("0\r\n\r\n"), "200:a open"},
      {"no digit", chunked("Z\r\nhello\r\n0\r\n\r\n"), "400 end"},
      {"a prefix", chunked("0x5\r\nhello\r\n0\r\n\r\n"), "400 end"},
      {"a plus", chunked("+5\r\nhello\r\n0\r\n\r\n"), "400 end"},
      {"negative", chunked("-1\r\nhello\r\n0\r\n\r\n"), "400 end"},
      {"a space after", chunked("5 \r\nhello\r\n0\r\n\r\n"), "400 end"},
      {"a space before an extension", chunked("5 \t;x=y\r\nhello\r\n0 ;z\r\n\r\n"), "200:a open"},
      {"a space before", chunked(" 5\r\nhello\r\n0\r\n\r\n"), "400 end"},
      {"an underscore", chunked("1_0\r\nhello\r\n0\r\n\r\n"), "400 end"},
      {"no size", chunked("\r\nhello\r\n0\r\n\r\n"), "400 end"},
      {"a size that overflows", chunked("FFFFFFFFFFFFFFFF0\r\nhello\r\n0\r\n\r\n"), "413 end"},
      {"no line end after the content", chunked("5\r\nhello0\r\n\r\n"), "400 end"},
      {"more content than said", chunked("5\r\nhello there\r\n0\r\n\r\n"), "400 end"},
      {"bare line feeds", chunked("5\nhello\n0\n\n"), "400 end"},
      {"a return alone after the size", chunked("5\rXhello\r\n0\r\n\r\n"), "400 end"},
      {"a control in an extension", chunked("5;x\0\r\nhello\r\n0\r\n\r\n"s), "400 end"},
      {"a trailer without a colon", chunked("0\r\nX\r\n\r\n"), "400 end"},
      {"a trailer that does not end", chunked("0\r\nX:"), "400 end", true},
      {"no last one", chunked("5\r\nhello\r\n"), "400 end", true},
      {"a request behind", chunked("0\r\n\r\n") + line("GET /b HTTP/1.1"), "200:a 200:b open"},
  };
  expect_rows(rows);
}

TEST_F(HttpRulesTest, ConnectionsAndResponses) {
  const std::string close = "Connection: close\r\n\r\n";
  const Row rows[] = {
      {"close", with(close), "200:a end"},
      {"close in HTTP/1.0", "GET /a HTTP/1.0\r\n" + close, "200:a end"},
      {"keep-alive in HTTP/1.0", "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "200:a open"},
      {"close among others", with("Connection: x, Close ,y\r\n\r\n"), "200:a end"},
      {"nothing is served after close", with(close) + line("GET /b HTTP/1.1"), "200:a end"},
      {"2 at once", repeat(2, line("GET /a HTTP/1.1")), "200:a 200:a open"},
      {"a bad one behind a good one", line("GET /a HTTP/1.1") + "bad\r\n\r\n", "200:a 400 end"},
      {"no answer behind a refusal", "bad\r\n\r\n" + line("GET /a HTTP/1.1"), "400 end"},
      {"HEAD has no body", line("HEAD /a HTTP/1.1"), "200: open"},
      {"HEAD, then GET", line("HEAD /a HTTP/1.1") + line("GET /b HTTP/1.1"), "200: 200:b open"},
      {"a refused HEAD has no body either", "HEAD /a HTTP/1.1\r\n\r\n", "400 end"},
      {"upgrades are not offered", with("Connection: upgrade\r\nUpgrade: foo\r\n\r\n"),
       "200:a open"},
      {"Expect", post("Content-Length: 5\r\nExpect: 100-continue\r\n", ""), "100 open"},
      {"an unknown Expect", with("Expect: 200-ok\r\n\r\n"), "417 end"},
      {"no interim response in HTTP/1.0",
       "POST /a HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", "open"},
  };
  expect_rows(rows);
}

}  // namespace
}  // namespace e3::server
