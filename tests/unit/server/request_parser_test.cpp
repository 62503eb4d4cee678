// SPDX-License-Identifier: MIT
// What is accepted and what is refused, and for which reason, as tables of heads.
#include "e3/server/request_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace e3::server {
namespace {

struct Parsed {
  std::string head;
  Request request;
  Refusal refusal = Refusal::kNone;
};

// Lines without their ends; the empty line is added.
Parsed parse(const std::string& lines, ParserLimits limits = {}) {
  Parsed parsed;
  parsed.head = lines + "\r\n\r\n";
  parsed.refusal = parse_request(parsed.head, limits, parsed.request);
  return parsed;
}

TEST(RequestParser, UnderstandsABrowsersRequest) {
  const Parsed parsed =
      parse("GET /a?b HTTP/1.1\r\nHost: t:8889\r\nX-Empty:\r\nAccept:\t text/html, */*;q=0.8 \t");
  ASSERT_EQ(parsed.refusal, Refusal::kNone) << describe(parsed.refusal);
  EXPECT_EQ(parsed.request.method_name, "GET");
  EXPECT_EQ(parsed.request.target, "/a?b");
  EXPECT_EQ(parsed.request.resource, "a?b");
  EXPECT_EQ(parsed.request.host, "t:8889");
  EXPECT_TRUE(parsed.request.keep_alive);
  ASSERT_EQ(parsed.request.fields.size(), 3U);
  EXPECT_EQ(parsed.request.fields[1].name, "X-Empty");
  EXPECT_EQ(parsed.request.fields[1].value, "");
  EXPECT_EQ(parsed.request.fields[2].value, "text/html, */*;q=0.8");
}

struct RefusalCase {
  std::string lines;
  Refusal refusal;
};

const RefusalCase kRequestLines[] = {
    {"GET / HTTP/1.0", Refusal::kNone},
    {"\r\nGET / HTTP/1.0", Refusal::kNone},
    {"GET /\xc3\xa9 HTTP/1.0", Refusal::kNone},
    {"GET /|{}^`\\[] HTTP/1.0", Refusal::kNone},
    {"OPTIONS * HTTP/1.0", Refusal::kNone},
    {"GET http://t/a HTTP/1.0", Refusal::kNone},
    {"GET HTTPS://[::1]:8/a HTTP/1.0", Refusal::kNone},
    {"PATCH / HTTP/1.0", Refusal::kNone},
    {"", Refusal::kMalformedRequestLine},
    {"GET", Refusal::kMalformedRequestLine},
    {"GET /", Refusal::kMalformedRequestLine},
    {"GET / ", Refusal::kMalformedRequestLine},
    {"GET  / HTTP/1.0", Refusal::kMalformedRequestLine},
    {"GET\t/ HTTP/1.0", Refusal::kMalformedRequestLine},
    {" GET / HTTP/1.0", Refusal::kMalformedRequestLine},
    {"GET / HTTP/1.0 ", Refusal::kMalformedRequestLine},
    {"GET /a b HTTP/1.0", Refusal::kMalformedRequestLine},
    {"GET / HTTP/1", Refusal::kMalformedRequestLine},
    {"GET / HTTP/1.", Refusal::kMalformedRequestLine},
    {"GET / HTTP/1.32", Refusal::kMalformedRequestLine},
    {"GET / HTTP/01.01", Refusal::kMalformedRequestLine},
    {"GET / http/1.0", Refusal::kMalformedRequestLine},
    {"GET / HTTP/1.0\rX: y", Refusal::kMalformedRequestLine},
    {"G<T / HTTP/1.0", Refusal::kMalformedRequestLine},
    {"GET /\nHTTP/1.0", Refusal::kMalformedRequestLine},
    {"GET ! HTTP/1.0", Refusal::kInvalidTarget},
    {"GET * HTTP/1.0", Refusal::kInvalidTarget},
    {"GET /a#b HTTP/1.0", Refusal::kInvalidTarget},
    {"GET /\x7f HTTP/1.0", Refusal::kInvalidTarget},
    {"GET ftp://t/ HTTP/1.0", Refusal::kInvalidTarget},
    {"GET http:/// HTTP/1.0", Refusal::kInvalidTarget},
    {"GET http://u@t/ HTTP/1.0", Refusal::kInvalidTarget},
    {"GET /\xc3\xa9 HTTP/1.1\r\nHost: t", Refusal::kInvalidTarget},
    {std::string("GET /a\0b HTTP/1.0", 17), Refusal::kInvalidTarget},
    {"get / HTTP/1.0", Refusal::kUnknownMethod},
    {"BREW / HTTP/1.0", Refusal::kUnknownMethod},
    {"CONNECT t:80 HTTP/1.0", Refusal::kUnknownMethod},
    {"GET / HTTP/2.0", Refusal::kUnsupportedVersion},
    {"GET / HTTP/0.9", Refusal::kUnsupportedVersion},
};

TEST(RequestParser, JudgesRequestLines) {
  for (const RefusalCase& given : kRequestLines) {
    const Parsed parsed = parse(given.lines);
    EXPECT_EQ(parsed.refusal, given.refusal) << given.lines << ": " << describe(parsed.refusal);
  }
}

const RefusalCase kFields[] = {
    {"X: v", Refusal::kNone},
    {"X:\xe9", Refusal::kNone},
    {"Host: t", Refusal::kInvalidHost},  // the second
    {"X : v", Refusal::kMalformedField},
    {"X v", Refusal::kMalformedField},
    {": v", Refusal::kMalformedField},
    {"B[d: v", Refusal::kMalformedField},
    {"B\xe9: v", Refusal::kMalformedField},
    {" X: v", Refusal::kMalformedField},
    {"X: a\r\n b", Refusal::kMalformedField},
    {"X: a\rb", Refusal::kMalformedField},
    {"X: a\x07", Refusal::kMalformedField},
    {"X: 0123456789abcdef\x7f", Refusal::kMalformedField},
    {std::string("X: a\0b", 6), Refusal::kMalformedField},
    {"X: v\r\n\rY: z", Refusal::kMalformedField},
    {"Content-Length: 5", Refusal::kNone},
    {"content-LENGTH:005\t", Refusal::kNone},
    {"Content-Length: 18446744073709551615", Refusal::kNone},
    {"Content-Length: 18446744073709551616", Refusal::kInvalidLength},
    {"Content-Length:", Refusal::kInvalidLength},
    {"Content-Length: +5", Refusal::kInvalidLength},
    {"Content-Length: -1", Refusal::kInvalidLength},
    {"Content-Length: 0x5", Refusal::kInvalidLength},
    {"Content-Length: 1 0", Refusal::kInvalidLength},
    {"Content-Length: 5, 5", Refusal::kInvalidLength},
    {"Content-Length: 5\r\nContent-Length: 5", Refusal::kInvalidLength},
    {"Transfer-Encoding: CHUNKED", Refusal::kNone},
    {"Transfer-Encoding: gzip, chunked", Refusal::kUnknownCoding},
    {"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", Refusal::kUnknownCoding},
    {"Transfer-Encoding: , chunked\t,", Refusal::kNone},
    {"Transfer-Encoding: xchunked", Refusal::kConflictingLength},
    {"Transfer-Encoding: chunked, gzip", Refusal::kConflictingLength},
    {"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip", Refusal::kConflictingLength},
    {"Transfer-Encoding:", Refusal::kConflictingLength},
    {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", Refusal::kConflictingLength},
    {"Content-Length: 5\r\nTransfer-Encoding: chunked", Refusal::kConflictingLength},
    {"Transfer-Encoding: chunked\r\nContent-Length: 5", Refusal::kConflictingLength},
    {"Expect: 100-Continue", Refusal::kNone},
    {"Expect: 200-ok", Refusal::kUnknownExpectation},
};

TEST(RequestParser, JudgesFields) {
  for (const RefusalCase& given : kFields) {
    const Parsed parsed = parse("POST / HTTP/1.1\r\nHost: t\r\n" + given.lines);
    EXPECT_EQ(parsed.refusal, given.refusal) << given.lines << ": " << describe(parsed.refusal);
  }
}

const RefusalCase kHosts[] = {
    {"X: y", Refusal::kMissingHost},
    {"Host: t", Refusal::kNone},
    {"HOST:t.example:80", Refusal::kNone},
    {"Host: [::1]:8889", Refusal::kNone},
    {"Host: t:", Refusal::kNone},
    {"Host:", Refusal::kInvalidHost},
    {"Host: a b", Refusal::kInvalidHost},
    {"Host: u@t", Refusal::kInvalidHost},
    {"Host: t/p", Refusal::kInvalidHost},
    {"Host: t:8x", Refusal::kInvalidHost},
    {"Host: [::1", Refusal::kInvalidHost},
    {"Host: []", Refusal::kInvalidHost},
    {"Host: [::1]x", Refusal::kInvalidHost},
};

TEST(RequestParser, JudgesHosts) {
  for (const RefusalCase& given : kHosts) {
    const Parsed parsed = parse("GET / HTTP/1.1\r\n" + given.lines);
    EXPECT_EQ(parsed.refusal, given.refusal) << given.lines << ": " << describe(parsed.refusal);
  }
}

TEST(RequestParser, RefusesAControlByteAtEveryPlaceOfAValue) {
  for (std::size_t at = 0; at != 24; ++at) {
    std::string value(24, 'v');
    value[at] = '\x1f';
    EXPECT_EQ(parse("GET / HTTP/1.0\r\nX: " + value).refusal, Refusal::kMalformedField) << at;
    value[at] = '\t';
    EXPECT_EQ(parse("GET / HTTP/1.0\r\nX: " + value).refusal, Refusal::kNone) << at;
  }
}

struct ResourceCase {
  std::string target;
  std::string_view resource;
};

TEST(RequestParser, TakesTheResourceFromEveryFormOfTarget) {
  const ResourceCase cases[] = {{"/abc", "abc"},         {"/", ""},        {"//a", "/a"},
                                {"http://t/abc", "abc"}, {"http://t", ""}, {"http://t?q", "?q"}};
  for (const ResourceCase& given : cases) {
    EXPECT_EQ(parse("GET " + given.target + " HTTP/1.0").request.resource, given.resource)
        << given.target;
  }
}

struct PersistenceCase {
  std::string lines;
  bool keep_alive;
};

TEST(RequestParser, DecidesWhetherTheConnectionPersists) {
  const PersistenceCase cases[] = {
      {"HTTP/1.0", false},
      {"HTTP/1.0\r\nConnection: keep-alive", true},
      {"HTTP/1.0\r\nConnection: keep-alive, close", false},
      {"HTTP/1.1\r\nHost: t", true},
      {"HTTP/1.1\r\nHost: t\r\nConnection: x , CLOSE", false},
      {"HTTP/1.2\r\nHost: t", true},
  };
  for (const PersistenceCase& given : cases) {
    EXPECT_EQ(parse("GET / " + given.lines).request.keep_alive, given.keep_alive) << given.lines;
  }
}

TEST(RequestParser, HoldsItsLimits) {
  const ParserLimits limits{.request_line = 14, .fields = 2};
  EXPECT_EQ(parse("GET / HTTP/1.0", limits).refusal, Refusal::kNone);
  EXPECT_EQ(parse("GET /a HTTP/1.0", limits).refusal, Refusal::kRequestLineTooLong);
  EXPECT_EQ(parse("GET / HTTP/1.0\r\nA: b\r\nC: d", limits).refusal, Refusal::kNone);
  EXPECT_EQ(parse("GET / HTTP/1.0\r\nA: b\r\nC: d\r\nE: f", limits).refusal,
            Refusal::kTooManyFields);
}

TEST(RequestParser, RefusesAHeadWithoutItsEmptyLine) {
  Request request;
  EXPECT_EQ(parse_request("", {}, request), Refusal::kMalformedRequestLine);
  EXPECT_EQ(parse_request("GET / HTTP/1.0", {}, request), Refusal::kMalformedRequestLine);
  EXPECT_EQ(parse_request("GET / HTTP/1.0\r\n", {}, request), Refusal::kMalformedField);
  EXPECT_EQ(parse_request("GET / HTTP/1.0\n\nX\n", {}, request), Refusal::kMalformedField);
}

TEST(RequestParser, ForgetsTheRequestBefore) {
  Request request;
  const std::string first =
      "POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
  ASSERT_EQ(parse_request(first, {}, request), Refusal::kNone);
  const std::string second = "GET /b HTTP/1.0\r\n\r\n";
  ASSERT_EQ(parse_request(second, {}, request), Refusal::kNone);
  EXPECT_FALSE(request.content_length.has_value());
  EXPECT_FALSE(request.expects_continue);
  EXPECT_TRUE(request.fields.empty());
  EXPECT_TRUE(request.host.empty());
}

}  // namespace
}  // namespace e3::server
