// SPDX-License-Identifier: MIT
// The whole server, one turn at a time, over socketpairs.
#include "e3/server/server.h"

#include <thread>

#include "server_fixture.h"

namespace e3::server {
namespace {

constexpr std::string_view kRequest = "GET /abc HTTP/1.0\r\n\r\n";
constexpr std::string_view kAnswer =
    "HTTP/1.0 200 OK\r\nDate: d\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc";

class HttpServerTest : public ServerTest {
 protected:
  HttpServerTest() { start(Protocol::kHttp); }
};

class EchoServerTest : public ServerTest {
 protected:
  EchoServerTest() { start(Protocol::kEcho); }
};

TEST_F(HttpServerTest, AnswersAndEndsItsSide) {
  Client client = connect();
  client.send(kRequest);
  settle();
  EXPECT_EQ(client.receive(), kAnswer);
  EXPECT_TRUE(client.has_ended());
}

TEST_F(HttpServerTest, AnswersTheSameForEverySplit) {
  for (std::size_t split = 0; split <= kRequest.size(); ++split) {
    Client client = connect();
    client.send(kRequest.substr(0, split));
    settle();
    EXPECT_EQ(client.receive(), split == kRequest.size() ? kAnswer : "") << split;
    client.send(kRequest.substr(split));
    settle();
    EXPECT_EQ(client.receive(), split == kRequest.size() ? "" : kAnswer) << split;
  }
}

TEST_F(HttpServerTest, InvitesWhoAsksForNothing) {
  Client client = connect();
  client.send("GET / HTTP/1.0\n\n");
  settle();
  EXPECT_TRUE(
      client.receive().ends_with("\r\n\r\nHello add characters to your url to see the echo"));
}

TEST_F(HttpServerTest, AnswersAClientThatHasEndedItsSide) {
  Client client = connect();
  client.send(kRequest);
  client.end_input();
  settle();
  EXPECT_EQ(client.receive(), kAnswer);
  EXPECT_TRUE(client.has_ended());
}

TEST_F(HttpServerTest, RefusesAMalformedRequest) {
  Client client = connect();
  client.send("GET\r\n\r\n");
  settle();
  EXPECT_TRUE(client.receive().starts_with("HTTP/1.0 400 Bad Request\r\n"));
  EXPECT_TRUE(client.has_ended());
}

TEST_F(HttpServerTest, RefusesARequestCutShort) {
  Client client = connect();
  client.send("GET /abc HTTP/1.0\r\n");
  client.end_input();
  settle();
  EXPECT_TRUE(client.receive().starts_with("HTTP/1.0 400 "));
  EXPECT_TRUE(client.has_ended());
}

TEST_F(HttpServerTest, SaysNothingToAClientThatSaidNothing) {
  Client client = connect();
  client.end_input();
  settle();
  EXPECT_EQ(client.receive(), "");
  EXPECT_TRUE(client.has_ended());
}

TEST_F(HttpServerTest, RefusesAnEndlessHead) {
  Client client = connect();
  const std::string piece(4096, 'a');
  for (int i = 0; i != 20; ++i) {
    client.send_some(piece);
    settle();
  }
  EXPECT_TRUE(client.receive().starts_with("HTTP/1.0 414 "));
}

TEST_F(HttpServerTest, DropsWhatArrivesAfterItsLastAnswerWithoutResettingTheConnection) {
  Client client = connect();
  client.send("POST /abc HTTP/1.0\r\nContent-Length: 9\r\n\r\nbody");
  settle();
  client.send("more.");
  settle();
  EXPECT_EQ(client.receive(), kAnswer);
  EXPECT_TRUE(client.has_ended());
}

TEST_F(HttpServerTest, KeepsNoDescriptorOfClientsThatAreGone) {
  const std::size_t before = count_open_descriptors();
  for (std::size_t sent = 0; sent <= kRequest.size(); ++sent) {
    Client client = connect();
    client.send(kRequest.substr(0, sent));
    if (sent % 2 == 0) settle();
    client.close();
    settle();
    EXPECT_EQ(count_open_descriptors(), before) << sent << " bytes sent";
  }
}

TEST_F(HttpServerTest, ClosesEverythingWhenDestroyed) {
  const std::size_t with_server = count_open_descriptors();
  Client client = connect();
  client.send("GET /");
  settle();
  server_.reset();
  client.close();
  EXPECT_LT(count_open_descriptors(), with_server);
}

TEST_F(ServerTest, HelloGreetsAnyHead) {
  start(Protocol::kHello);
  Client client = connect();
  client.send("anything\nat all\n\r\n");
  settle();
  EXPECT_TRUE(client.receive().ends_with("Content-Length: 13\r\n\r\nHello, client"));
  EXPECT_TRUE(client.has_ended());
}

TEST_F(EchoServerTest, SendsEveryByteBackUntilTheClientEnds) {
  Client client = connect();
  client.send(std::string_view("a\0\xff", 3));
  settle();
  EXPECT_EQ(client.receive(), std::string_view("a\0\xff", 3));
  EXPECT_FALSE(client.has_ended());
  client.send("last");
  client.end_input();
  settle();
  EXPECT_EQ(client.receive(), "last");
  EXPECT_TRUE(client.has_ended());
}

TEST_F(EchoServerTest, LosesNothingToASlowReader) {
  Client client = connect();
  std::string sent;
  std::string received;
  std::string block(50'000, ' ');
  for (std::size_t i = 0; i != block.size(); ++i) block[i] = static_cast<char>('a' + i % 23);
  while (sent.size() < 3'000'000) {
    sent += block.substr(0, client.send_some(block));
    settle();
    received += client.receive(7'001);
    settle();
  }
  client.end_input();
  settle();
  for (int round = 0; round != 1000 && !client.has_ended(); ++round) {
    received += client.receive(100'001);
    settle();
  }
  EXPECT_TRUE(received == sent) << received.size() << " of " << sent.size() << " bytes";
}

TEST_F(EchoServerTest, ServesOthersWhileOneDoesNotRead) {
  Client stuck = connect();
  while (stuck.send_some(std::string(65536, 'x')) != 0) settle();
  Client other = connect();
  other.send("hello");
  settle();
  EXPECT_EQ(other.receive(), "hello");
}

TEST_F(EchoServerTest, ServesManyAtOnce) {
  std::vector<Client> clients;
  for (int i = 0; i != 300; ++i) clients.push_back(connect());
  for (std::size_t i = 0; i != clients.size(); ++i) clients[i].send(std::to_string(i));
  settle();
  for (std::size_t i = 0; i != clients.size(); ++i)
    EXPECT_EQ(clients[i].receive(), std::to_string(i));
}

TEST_F(EchoServerTest, TakesOverDescriptorZero) {
  const Descriptor saved(::dup(0));
  ::close(0);
  Client client = connect();  // the socketpair's first end takes the free number
  client.send("zero");
  settle();
  EXPECT_EQ(client.receive(), "zero");
  client.close();
  settle();
  if (saved.is_open()) ::dup2(saved.get(), 0);
}

TEST_F(EchoServerTest, StopsWhenToldBeforeItRuns) {
  server_->stop();
  server_->run();
  Client client = connect();
  client.send("x");
  server_->stop();
  server_->run();
}

TEST_F(EchoServerTest, StopsWhenToldWhileItRuns) {
  std::thread runner([this] { server_->run(); });
  Client client = connect();
  client.send("x");
  char answer = 0;
  EXPECT_EQ(::recvfrom(client.fd(), &answer, 1, 0, nullptr, nullptr), 1);  // it runs
  server_->stop();
  runner.join();
}

TEST_F(EchoServerTest, LivesBesideAnotherServerInOneThread) {
  Client echo_client = connect();
  const std::unique_ptr<Server> echo_server = std::move(server_);
  start(Protocol::kHttp);
  Client http_client = connect();
  echo_client.send("x");
  http_client.send(kRequest);
  settle();
  EXPECT_EQ(http_client.receive(), kAnswer);
  EXPECT_EQ(echo_client.receive(), "");
  server_ = nullptr;
  while (echo_server->run_once(std::chrono::milliseconds(0)) != 0) {
  }
  EXPECT_EQ(echo_client.receive(), "x");
}

}  // namespace
}  // namespace e3::server
