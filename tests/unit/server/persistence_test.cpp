// SPDX-License-Identifier: MIT
// HTTP/1.1 on one connection: persistence, pipelining, bodies, and where the next request begins.
#include "server_fixture.h"
#include "tcp_client.h"

namespace e3::server {
namespace {

constexpr std::string_view kFields = "\r\nDate: d\r\nContent-Type: text/plain\r\nContent-Length: ";

std::string answer(std::string_view body, std::string_view connection = "") {
  std::string text = "HTTP/1.1 200 OK";
  text.append(kFields).append(std::to_string(body.size())).append("\r\n");
  if (!connection.empty()) text.append("Connection: ").append(connection).append("\r\n");
  return text.append("\r\n").append(body);
}

std::string get(std::string_view target, std::string_view fields = "") {
  std::string text = "GET ";
  return text.append(target).append(" HTTP/1.1\r\nHost: t\r\n").append(fields).append("\r\n");
}

std::string post(std::string_view fields, std::string_view body) {
  std::string text = "POST /post HTTP/1.1\r\nHost: t\r\n";
  return text.append(fields).append("\r\n").append(body);
}

class PersistenceTest : public ServerTest {
 protected:
  PersistenceTest() { start(Protocol::kHttp); }

  // What the server says to `request` on a new connection, and whether it ends its side afterwards.
  struct Reply {
    std::string text;
    bool ended;
  };
  Reply ask(std::string_view request) {
    Client client = connect();
    client.send(request);
    settle();
    std::string text = client.receive();
    return {text, client.has_ended()};
  }
};

TEST_F(PersistenceTest, ServesOneRequestAfterAnother) {
  Client client = connect();
  for (const std::string_view body : {"a", "bb", "ccc"}) {
    client.send(get("/" + std::string(body)));
    settle();
    EXPECT_EQ(client.receive(), answer(body));
  }
  EXPECT_FALSE(client.has_ended());
}

TEST_F(PersistenceTest, ClosesWhereAskedTo) {
  const Reply reply = ask(get("/a", "Connection: close\r\n") + get("/b"));
  EXPECT_EQ(reply.text, answer("a", "close"));
  EXPECT_TRUE(reply.ended);
}

TEST_F(PersistenceTest, ClosesAtOnceOnlyWhereThePeerHasPromisedToBeSilentAndIs) {
  // On others than TCP a receive has to tell that the peer is silent.
  const std::uint16_t port = server_->listen("127.0.0.1", 0);
  Client silent(connect_to(port));
  silent.send(get("/a", "Connection: close\r\n"));
  settle();
  EXPECT_EQ(server_->connection_count(), 0U);
  for (const std::string& request :
       {get("/a", "Connection: close\r\n") + "more", std::string("GET /a HTTP/1.0\r\n\r\n"),
        get("/a b", "Connection: close\r\n")}) {
    Client client(connect_to(port));
    client.send(request);
    settle();
    EXPECT_EQ(server_->connection_count(), 1U) << request;
    client.close();
    settle();
  }
}

TEST_F(PersistenceTest, KeepsAnHttp10ConnectionOnlyWhereAskedTo) {
  const Reply reply = ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(reply.text,
            "HTTP/1.0 200 OK" + std::string(kFields) + "1\r\nConnection: keep-alive\r\n\r\na");
  EXPECT_FALSE(reply.ended);
}

TEST_F(PersistenceTest, AnswersPipelinedRequestsInOrderForEverySplit) {
  const std::string requests = get("/a") + post("Content-Length: 3\r\n", "b\r\n") + get("/c");
  const std::string expected = answer("a") + answer("post") + answer("c");
  for (std::size_t split = 0; split <= requests.size(); ++split) {
    Client client = connect();
    client.send(requests.substr(0, split));
    settle();
    client.send(requests.substr(split));
    settle();
    EXPECT_EQ(client.receive(), expected) << split;
  }
}

TEST_F(PersistenceTest, AnswersAThousandPipelinedRequestsInOrder) {
  std::string requests, expected;
  for (int i = 0; i != 1000; ++i) {
    requests += get("/" + std::to_string(i));
    expected += answer(std::to_string(i));
  }
  Client client = connect();
  std::string received;
  for (std::size_t sent = 0; sent != requests.size() || received.size() < expected.size();) {
    const std::size_t size = client.send_some(std::string_view(requests).substr(sent));
    sent += size;
    settle();
    const std::string more = client.receive();
    received += more;
    if (size == 0 && more.empty()) break;
  }
  EXPECT_TRUE(received == expected) << received.size() << " of " << expected.size() << " bytes";
}

TEST_F(PersistenceTest, HeadGetsTheFieldsAndNoBody) {
  const Reply reply = ask("HEAD /abc HTTP/1.1\r\nHost: t\r\n\r\n" + get("/b"));
  EXPECT_EQ(reply.text, answer("abc").substr(0, answer("abc").size() - 3) + answer("b"));
}

TEST_F(PersistenceTest, HeadGetsNoBodyEvenWhereTheRequestIsRefusedUnfinished) {
  const std::string begun = "HEAD /abc HTTP/1.1\r\nHost: t\r\n";
  const std::string too_long = begun + "X: " + std::string(40'000, 'x');
  for (const std::string& request : {begun, "\r\n" + begun, too_long}) {
    Client client = connect();
    client.send(request);
    client.end_input();
    settle();
    EXPECT_TRUE(client.receive().ends_with("\r\n\r\n")) << request.substr(0, 80);
  }
  EXPECT_FALSE(ask("GET" + too_long.substr(4)).text.ends_with("\r\n\r\n")) << "the control";
}

TEST_F(PersistenceTest, FindsTheRequestAfterAnyBody) {
  const std::string bodies[] = {
      post("Content-Length: 5\r\n", "hello"),
      post("Content-Length: 0\r\n", ""),
      post("", ""),
      post("Content-Length: 18\r\n", "GET / HTTP/1.1\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\n", "A;x=y\r\nGET / HTTP\r\n0\r\nA: b\r\n\r\n"),
  };
  for (const std::string& body : bodies) {
    EXPECT_EQ(ask(body + get("/next")).text, answer("post") + answer("next")) << body;
  }
}

TEST_F(PersistenceTest, AnswersOnlyOnceTheBodyIsComplete) {
  Client client = connect();
  client.send(post("Content-Length: 5\r\n", "hell"));
  settle();
  EXPECT_EQ(client.receive(), "");
  client.send("o");
  settle();
  EXPECT_EQ(client.receive(), answer("post"));
}

TEST_F(PersistenceTest, NeverAnswersABodyCutShortWithSuccess) {
  for (const std::string& request : {post("Content-Length: 10\r\n", "hello"),
                                     post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n")}) {
    Client client = connect();
    client.send(request);
    client.end_input();
    settle();
    EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 400 ")) << request;
    EXPECT_TRUE(client.has_ended()) << request;
  }
}

TEST_F(PersistenceTest, InvitesABodyThatWaitsToBeInvited) {
  Client client = connect();
  client.send(post("Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
  settle();
  EXPECT_EQ(client.receive(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  settle();
  EXPECT_EQ(client.receive(), answer("post"));
}

TEST_F(PersistenceTest, InvitesNoBodyThatIsAlreadyThereOrNotToCome) {
  EXPECT_EQ(ask(post("Content-Length: 5\r\nExpect: 100-continue\r\n", "hello")).text,
            answer("post"));
  EXPECT_EQ(ask(post("Expect: 100-continue\r\n", "")).text, answer("post"));
}

struct RefusalCase {
  std::string request;
  std::string_view status_line;
};

TEST_F(PersistenceTest, RefusesAndCloses) {
  const RefusalCase cases[] = {
      {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
      {"\n\r\r\r\n\n", "HTTP/1.0 400 Bad Request\r\n"},  // returns that end no line
      {"BREW / HTTP/1.1\r\nHost: t\r\n\r\n", "HTTP/1.1 501 Not Implemented\r\n"},
      {"GET / HTTP/2.0\r\nHost: t\r\n\r\n", "HTTP/1.0 505 HTTP Version Not Supported\r\n"},
      {get("/", "Expect: magic\r\n"), "HTTP/1.1 417 Expectation Failed\r\n"},
      {post("Transfer-Encoding: gzip, chunked\r\n", ""), "HTTP/1.1 501 Not Implemented\r\n"},
      {post("Content-Length: 99999999\r\n", ""), "HTTP/1.1 413 Content Too Large\r\n"},
      {post("Transfer-Encoding: chunked\r\n", "Z\r\n"), "HTTP/1.1 400 Bad Request\r\n"},
      {post("Transfer-Encoding: chunked\r\n", "FFFFFFF\r\n"), "HTTP/1.1 413 Content Too Large\r\n"},
      {"GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: t\r\n\r\n",
       "HTTP/1.0 414 URI Too Long\r\n"},  // before its version has come
  };
  for (const RefusalCase& given : cases) {
    const Reply reply = ask(given.request + get("/next"));
    EXPECT_EQ(reply.text.substr(0, given.status_line.size()), given.status_line) << given.request;
    EXPECT_EQ(reply.text.find("HTTP/1.", 1), std::string::npos) << given.request;
    EXPECT_TRUE(reply.ended) << given.request;
  }
}

TEST_F(PersistenceTest, DeliversTheAnswerBeforeTheRefusalOfTheNextRequest) {
  const Reply reply = ask(get("/a") + "nonsense\r\n\r\n");
  EXPECT_TRUE(reply.text.starts_with(answer("a") + "HTTP/1.1 400 Bad Request\r\n")) << reply.text;
  EXPECT_TRUE(reply.ended);
}

TEST_F(PersistenceTest, IgnoresEmptyLinesBetweenRequests) {
  EXPECT_EQ(ask("\r\n\r\n\r\n" + get("/a") + "\r\n\n" + get("/b")).text, answer("a") + answer("b"));
}

TEST_F(PersistenceTest, ServesAProxysForm) {
  EXPECT_EQ(ask("GET http://t/a?b HTTP/1.1\r\nHost: t\r\n\r\n").text, answer("a?b"));
}

TEST_F(PersistenceTest, DoesNotUpgrade) {
  EXPECT_EQ(ask(get("/a", "Connection: upgrade\r\nUpgrade: h2c\r\n")).text, answer("a"));
}

TEST_F(PersistenceTest, EndsAfterTheLastRequestItGrants) {
  Options options;
  options.fixed_date = "d";
  options.limits.requests = 2;
  start(std::move(options));
  const Reply reply = ask(get("/a") + get("/b") + get("/c"));
  EXPECT_EQ(reply.text, answer("a") + answer("b", "close"));
  EXPECT_TRUE(reply.ended);
}

TEST_F(PersistenceTest, CanBeToldToSpeakHttp10Only) {
  Options options;
  options.fixed_date = "d";
  options.http10_only = true;
  start(std::move(options));
  const Reply reply = ask(get("/a"));
  EXPECT_EQ(reply.text, "HTTP/1.0 200 OK" + std::string(kFields) + "1\r\n\r\na");
  EXPECT_TRUE(reply.ended);
  // Whoever asks may wait for it for ever (RFC 9110 section 10.1.1).
  const Reply invited = ask(post("Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
  EXPECT_EQ(invited.text, "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST_F(PersistenceTest, StopsReadingFromWhoDoesNotReadAndLosesNothing) {
  Client client = connect();
  const std::string request = get("/" + std::string(4000, 'x'));
  std::string requests;
  for (int i = 0; i != 400; ++i) requests += request;
  std::size_t sent = 0;
  while (const std::size_t size = client.send_some(std::string_view(requests).substr(sent))) {
    sent += size;
    settle();
  }
  ASSERT_LT(sent, requests.size()) << "the server took everything, whatever it owed";
  std::size_t received = 0;
  const std::size_t expected = 400 * answer(std::string(4000, 'x')).size();
  for (int round = 0; round != 10'000 && received < expected; ++round) {
    received += client.receive(50'000).size();
    settle();
    sent += client.send_some(std::string_view(requests).substr(sent));
    settle();
  }
  EXPECT_EQ(received, expected);
  EXPECT_EQ(sent, requests.size());
}

}  // namespace
}  // namespace e3::server
