// SPDX-License-Identifier: MIT
// A server that is asked to stop in good order.
#include "scripted_calls.h"
#include "server_fixture.h"
#include "tcp_client.h"

namespace e3::server {
namespace {

using namespace std::chrono_literals;

class DrainingTest : public ServerTest {
 protected:
  DrainingTest() {
    scripted_calls() = ScriptedCalls{};
    scripted_calls().is_active = true;
    start(Protocol::kHttp);
  }
  ~DrainingTest() override { scripted_calls() = ScriptedCalls{}; }

  void drain() {
    server_->drain();
    settle();
  }
};

constexpr std::string_view kGet = "GET /abc HTTP/1.1\r\nHost: t\r\n\r\n";

TEST_F(DrainingTest, ClosesIdleConnections) {
  Client fresh = connect();
  Client idle = connect();
  idle.send(kGet);
  settle();
  idle.receive();
  drain();
  EXPECT_TRUE(fresh.has_ended());
  EXPECT_TRUE(idle.has_ended());
  EXPECT_EQ(server_->connection_count(), 0U);
  server_->run();  // returns: nothing is left
}

TEST_F(DrainingTest, FinishesTheRequestThatHasBegunAndSaysItWasTheLast) {
  Client client = connect();
  client.send(kGet.substr(0, 10));
  settle();
  drain();
  EXPECT_FALSE(client.has_ended());
  client.send(kGet.substr(10));
  settle();
  const std::string answer = client.receive();
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(client.has_ended());
}

TEST_F(DrainingTest, ServesARequestThatHasArrivedUnseen) {
  Client client = connect();
  settle();
  client.send(kGet);
  drain();
  EXPECT_TRUE(client.receive().ends_with("abc"));
}

TEST_F(DrainingTest, ServesWhoHasConnectedAndNobodyElse) {
  const std::uint16_t port = server_->listen("127.0.0.1", 0);
  Client queued(connect_to(port));
  queued.send(kGet);
  drain();
  EXPECT_TRUE(queued.receive().ends_with("abc"));
  EXPECT_FALSE(try_to_connect(port).is_open());
}

TEST_F(DrainingTest, ServesAllWhoHaveConnectedHoweverFewItAcceptsInATurn) {
  Options options;
  options.limits.accepts_per_turn = 1;
  start(options);
  const std::uint16_t port = server_->listen("127.0.0.1", 0);
  std::vector<Client> queued;
  for (int i = 0; i != 150; ++i) {
    queued.emplace_back(connect_to(port));
    queued.back().send(kGet);
  }
  drain();
  for (Client& client : queued) EXPECT_TRUE(client.receive().ends_with("abc"));
}

// The place of the idle one is free in time.
TEST_F(DrainingTest, ServesWhoWaitsForAPlace) {
  Options options;
  options.limits.connections = 1;
  start(options);
  const std::uint16_t port = server_->listen("127.0.0.1", 0);
  Client idle = connect();
  Client queued(connect_to(port));
  queued.send(kGet);
  settle();
  drain();
  EXPECT_TRUE(queued.receive().ends_with("abc"));
}

TEST_F(DrainingTest, EndsWhoHasReadTheLastOfItsAnswers) {
  const std::string request = "GET /" + std::string(4000, 'x') + " HTTP/1.1\r\nHost: t\r\n\r\n";
  for (const Protocol protocol : {Protocol::kEcho, Protocol::kHttp}) {
    start(protocol);
    Client slow = connect();
    std::uint64_t answer = 0;
    for (std::uint64_t sent = 0; server_->counters().bytes_sent == sent * answer; ++sent) {
      slow.send(request);
      settle();
      if (sent == 0) answer = server_->counters().bytes_sent;
    }
    drain();
    EXPECT_EQ(server_->connection_count(), 1U) << "it is owed something";
    slow.receive();
    settle();
    EXPECT_EQ(server_->connection_count(), 0U);
  }
}

TEST_F(DrainingTest, EndsByTheDeadlineWhateverIsStillOpen) {
  Client client = connect();
  client.send("GET /abc HTTP/1.1\r\nHost: t\r\nX: ");
  settle();
  scripted_calls().elapsed += 5s;
  drain();
  scripted_calls().elapsed += 4s;  // the head may still take a second, the drain six
  settle();
  EXPECT_EQ(server_->connection_count(), 1U);
  scripted_calls().elapsed += 10s;
  server_->run();  // returns
}

TEST_F(DrainingTest, WhoRunsItByTurnsSeesTheEndAndDoesNotSpin) {
  Options options;
  options.timeouts.head = 60s;
  start(options);
  Client client = connect();
  client.send("GET /abc");
  settle();
  drain();
  EXPECT_FALSE(server_->is_stopping());
  scripted_calls().elapsed += options.timeouts.drain;
  settle();
  EXPECT_TRUE(server_->is_stopping());
  server_->run_once(-1ms);
  EXPECT_EQ(scripted_calls().last_wait_ms, 50'000) << "the rest of the head's time";
}

TEST_F(DrainingTest, ASecondRequestStopsAtOnce) {
  Client client = connect();
  client.send("GET /abc");
  settle();
  server_->drain();
  server_->drain();
  server_->run();
  EXPECT_EQ(server_->connection_count(), 1U);
}

TEST_F(DrainingTest, EchoSendsBackWhatItHasReceivedAndEnds) {
  start(Protocol::kEcho);
  Client client = connect();
  settle();
  client.send("last words");
  drain();
  EXPECT_EQ(client.receive(), "last words");
  EXPECT_TRUE(client.has_ended());
}

TEST_F(DrainingTest, ReportsItsCountersWhenAsked) {
  Counters seen;
  server_->report = [&seen](const Counters& counters) { seen = counters; };
  Client client = connect();
  client.send(kGet);
  settle();
  server_->request_report();
  settle();
  EXPECT_EQ(seen.accepted, 1U);
  EXPECT_EQ(seen.requests, 1U);
  EXPECT_EQ(seen.bytes_received, kGet.size());
  EXPECT_EQ(seen.bytes_sent, client.receive().size());
}

}  // namespace
}  // namespace e3::server
