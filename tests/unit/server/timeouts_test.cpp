// SPDX-License-Identifier: MIT
// Every timeout, on a clock that the test moves.
#include "scripted_calls.h"
#include "server_fixture.h"
#include "tcp_client.h"

namespace e3::server {
namespace {

using namespace std::chrono_literals;

class TimeoutsTest : public ServerTest {
 protected:
  TimeoutsTest() {
    scripted_calls() = ScriptedCalls{};
    scripted_calls().is_active = true;
    start(Protocol::kHttp);
  }
  ~TimeoutsTest() override { scripted_calls() = ScriptedCalls{}; }

  void let_pass(std::chrono::nanoseconds time) {
    scripted_calls().elapsed += time;
    settle();
  }
  const Timeouts defaults_;
};

constexpr std::string_view kGet = "GET /abc HTTP/1.1\r\nHost: t\r\n\r\n";

TEST_F(TimeoutsTest, ASlowHeadIsRefusedHoweverOftenAByteArrives) {
  Client client = connect();
  client.send("GET /abc");
  for (int second = 0; second != 9; ++second) {
    let_pass(1s);
    client.send("x");
  }
  EXPECT_EQ(client.receive(), "");
  let_pass(1s);
  EXPECT_TRUE(client.receive().starts_with("HTTP/1.0 408 Request Timeout\r\n"));
  EXPECT_TRUE(client.has_ended());
}

// As when the whole process was stopped, and its wait is interrupted before it looks at anything.
TEST_F(TimeoutsTest, WhatArrivedInTimeIsServedHoweverLateItIsSeen) {
  Client first = connect();
  Client idle = connect();
  idle.send(kGet);
  settle();
  idle.receive();
  for (Client* client : {&first, &idle}) client->send(kGet);
  scripted_calls().epoll_wait_errors = {EINTR};
  scripted_calls().elapsed += defaults_.idle;
  server_->run_once(0ms);
  EXPECT_TRUE(first.receive().ends_with("abc"));
  EXPECT_TRUE(idle.receive().ends_with("abc"));
  EXPECT_EQ(server_->counters().timeouts, 0U);
}

TEST_F(TimeoutsTest, WhoSaysNothingIsToldNothing) {
  Client client = connect();
  let_pass(defaults_.head);
  EXPECT_EQ(client.receive(), "");
  EXPECT_TRUE(client.has_ended());
}

TEST_F(TimeoutsTest, AnIdleConnectionEndsAndEachRequestKeepsItAlive) {
  Client client = connect();
  for (int i = 0; i != 3; ++i) {
    client.send(kGet);
    settle();
    EXPECT_TRUE(client.receive().ends_with("abc"));
    let_pass(defaults_.idle - 1s);
  }
  EXPECT_FALSE(client.has_ended());
  let_pass(1s);
  EXPECT_TRUE(client.has_ended());
}

TEST_F(TimeoutsTest, TheHeadTimeoutStartsAnewWithEachRequest) {
  Client client = connect();
  for (int i = 0; i != 5; ++i) {
    client.send(std::string(kGet) + "GET /ab");  // the next request has always begun
    let_pass(defaults_.head - 1s);
    client.send("c HTTP/1.1\r\nHost: t\r\n\r\n");
    settle();
    EXPECT_TRUE(client.receive().ends_with("abc")) << i;
  }
}

TEST_F(TimeoutsTest, ABodyMayTakeLongButNotStandStill) {
  Client client = connect();
  client.send("POST /abc HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\n");
  for (int i = 0; i != 5; ++i) {
    let_pass(defaults_.body - 1s);
    client.send("x");
    settle();
  }
  EXPECT_FALSE(client.has_ended());
  let_pass(defaults_.body);
  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 408 Request Timeout\r\n"));
}

TEST_F(TimeoutsTest, AStalledReaderIsDroppedAndASlowOneIsNot) {
  Client slow = connect();
  Client stalled = connect();
  const std::string request = "GET /" + std::string(4000, 'x') + " HTTP/1.1\r\nHost: t\r\n\r\n";
  for (Client* client : {&slow, &stalled}) {
    while (client->send_some(request) != 0) settle();
  }
  EXPECT_EQ(server_->connection_count(), 2U);
  for (int i = 0; i != 3; ++i) {
    EXPECT_GT(slow.receive(200'000).size(), 0U);
    let_pass(defaults_.write - 1s);
  }
  EXPECT_EQ(server_->connection_count(), 1U);
}

// As when there was room in time, and the whole process was stopped before it was told.
TEST_F(TimeoutsTest, WhoMadeRoomInTimeIsSentTheRestHoweverLateItIsSeen) {
  Client client = connect();
  settle();
  client.send(kGet);
  scripted_calls().send_errors = {EAGAIN};
  server_->run_once(0ms);
  EXPECT_EQ(client.receive(), "");
  scripted_calls().epoll_wait_errors = {EINTR};
  scripted_calls().elapsed += defaults_.write;
  server_->run_once(0ms);
  EXPECT_TRUE(client.receive().ends_with("abc"));
  EXPECT_EQ(server_->connection_count(), 1U);
  EXPECT_EQ(server_->counters().timeouts, 0U);
}

TEST_F(TimeoutsTest, WhoSendsABodyAndReadsNoAnswerIsStalled) {
  Client stalled = connect();
  const auto get_long = [&] {
    stalled.send("GET /" + std::string(4000, 'x') + " HTTP/1.1\r\nHost: t\r\n\r\n");
    settle();
  };
  get_long();
  const Counters& counters = server_->counters();
  const std::uint64_t answer = counters.bytes_sent;
  while (counters.bytes_sent == counters.requests * answer) get_long();  // until it owes something
  stalled.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\n");
  for (int i = 0; i != 2; ++i) {
    let_pass(defaults_.write - 1s);
    stalled.send_some("x");
    settle();
  }
  EXPECT_EQ(server_->connection_count(), 0U);
}

// Without requests, nothing but what is sent tells a slow reader from a stalled one.
TEST_F(TimeoutsTest, WhatAnEchoSendsKeepsItsReaderAlive) {
  Options options;
  options.protocol = Protocol::kEcho;
  options.limits.output = 1 << 20;  // more than is read below: it owes something all the time
  start(std::move(options));
  Client slow = connect();
  Client stalled = connect();
  for (Client* client : {&slow, &stalled}) {
    while (client->send_some(std::string(4000, 'x')) != 0) settle();
  }
  EXPECT_EQ(server_->connection_count(), 2U);
  for (int i = 0; i != 3; ++i) {
    EXPECT_GT(slow.receive(200'000).size(), 0U);
    let_pass(defaults_.write - 1s);
  }
  EXPECT_EQ(server_->connection_count(), 1U);
}

TEST_F(TimeoutsTest, LingeringEndsWhetherThePeerDoesOrNot) {
  Client client = connect();
  client.send("GET /abc HTTP/1.0\r\n\r\n");
  settle();
  client.receive();
  EXPECT_EQ(server_->connection_count(), 1U);
  let_pass(defaults_.linger);
  EXPECT_EQ(server_->connection_count(), 0U);
}

TEST_F(TimeoutsTest, LingersWhileThePeerReadsHoweverSlowly) {
  const std::uint16_t port = server_->listen("127.0.0.1", 0);
  for (const bool reads_all : {true, false}) {
    Client client(connect_to(port, 4096));
    for (int i = 0; i != 5; ++i) {
      client.send("GET /" + std::string(8000, 'x') + " HTTP/1.1\r\nHost: t\r\n\r\n");
    }
    client.send("GET /last HTTP/1.0\r\n\r\n");
    settle();
    std::string received;
    for (int i = 0; reads_all && i != 20 && !client.has_ended(); ++i) {
      received += client.receive(4096);
      client.send_some("\r\n");  // what makes a close a reset
      let_pass(defaults_.linger);
    }
    if (reads_all) {
      EXPECT_TRUE(received.ends_with("last")) << received.size();
      EXPECT_TRUE(client.has_ended());
    }
    for (int i = 0; i != 2; ++i) let_pass(defaults_.linger);
    EXPECT_EQ(server_->connection_count(), 0U) << "nothing moves any more";
  }
}

TEST_F(TimeoutsTest, NoTimerWakesAnIdleServer) {
  server_->run_once(-1ms);
  EXPECT_EQ(scripted_calls().last_wait_ms, -1);
}

TEST_F(TimeoutsTest, WaitsToTheEndOfTheLastMillisecond) {
  Client client = connect();
  settle();
  scripted_calls().elapsed += defaults_.head - 400us;
  const int before = scripted_calls().epoll_wait_calls;
  server_->run_once(-1ms);
  EXPECT_EQ(scripted_calls().last_wait_ms, 1);
  EXPECT_EQ(scripted_calls().epoll_wait_calls, before + 1);
}

TEST_F(TimeoutsTest, InterruptionsDoNotExtendATimeout) {
  Client client = connect();
  settle();
  for (int i = 0; i != 10; ++i) {
    scripted_calls().epoll_wait_errors = {EINTR};
    scripted_calls().elapsed += defaults_.head / 10;
    server_->run_once(-1ms);
  }
  settle();
  EXPECT_TRUE(client.has_ended());
}

TEST_F(TimeoutsTest, SettingTheWallClockNeitherEndsNorPreservesAConnection) {
  for (const auto jump : {std::chrono::hours(1), std::chrono::hours(-1)}) {
    Client client = connect();
    settle();
    scripted_calls().wall_clock_jump = jump;
    let_pass(defaults_.head - 1s);
    EXPECT_FALSE(client.has_ended());
    let_pass(1s);
    EXPECT_TRUE(client.has_ended());
  }
}

TEST_F(TimeoutsTest, TimeoutsOfWeeksNeitherOverflowNorSpin) {
  Options options;
  options.timeouts.head = std::chrono::hours(24 * 50);
  start(std::move(options));
  Client client = connect();
  settle();
  server_->run_once(-1ms);
  EXPECT_GT(scripted_calls().last_wait_ms, 1'000'000'000);
  let_pass(std::chrono::hours(24 * 50));
  EXPECT_TRUE(client.has_ended());
}

TEST_F(TimeoutsTest, AnEndedConnectionLeavesNoTimerForTheNextInItsPlace) {
  Client first = connect();
  settle();
  scripted_calls().elapsed += defaults_.head - 1s;
  first.close();
  settle();
  Client second = connect();
  let_pass(2s);
  EXPECT_FALSE(second.has_ended());
}

}  // namespace
}  // namespace e3::server
