// SPDX-License-Identifier: MIT
// One connection's share of a turn, of the buffers and of the places: others are never the worse
// for it.
#include "scripted_calls.h"
#include "server_fixture.h"
#include "tcp_client.h"

namespace e3::server {
namespace {

constexpr std::string_view kGet = "GET /abc HTTP/1.1\r\nHost: t\r\n\r\n";

class FairnessTest : public ServerTest {
 protected:
  FairnessTest() {
    scripted_calls() = ScriptedCalls{};
    scripted_calls().is_active = true;
  }
  ~FairnessTest() override { scripted_calls() = ScriptedCalls{}; }

  void turn() { server_->run_once(std::chrono::milliseconds(0)); }

  Options options_;
};

TEST_F(FairnessTest, AFirehoseLeavesOthersTheirTurn) {
  options_.protocol = Protocol::kEcho;
  options_.limits.reads_per_turn = 2;
  start(options_);
  Client firehose = connect();
  Client other = connect();
  settle();
  firehose.send_some(std::string(100'000, 'x'));
  other.send("hello");
  const int calls = scripted_calls().recv_calls;
  turn();
  EXPECT_EQ(other.receive(), "hello");
  EXPECT_LE(scripted_calls().recv_calls, calls + 4) << "two for each";
  settle();  // what is left over needs no event to go on
  EXPECT_EQ(firehose.receive().size(), 100'000U);
}

// Each of its turns leaves something over, and each next one brings an event as well.
TEST_F(FairnessTest, NewInputGivesAFirehoseNoSecondShare) {
  options_.protocol = Protocol::kEcho;
  options_.limits.reads_per_turn = 1;
  start(options_);
  Client firehose = connect();
  settle();
  for (int i = 0; i != 8; ++i) {
    firehose.send_some(std::string(40'000, 'x'));
    const int calls = scripted_calls().recv_calls;
    turn();
    EXPECT_EQ(scripted_calls().recv_calls, calls + 1) << "turn " << i;
    firehose.receive();
  }
}

TEST_F(FairnessTest, ManyWhoConnectLeaveOthersTheirTurn) {
  options_.limits.accepts_per_turn = 2;
  start(options_);
  const std::uint16_t port = server_->listen("127.0.0.1", 0);
  Client other = connect();
  settle();
  std::vector<Client> crowd;
  for (int i = 0; i != 10; ++i) crowd.emplace_back(connect_to(port));
  other.send(kGet);
  const int calls = scripted_calls().accept_calls;
  turn();
  EXPECT_TRUE(other.receive().ends_with("abc"));
  EXPECT_EQ(scripted_calls().accept_calls, calls + 2);
  settle();
  EXPECT_EQ(server_->connection_count(), 11U);
}

TEST_F(FairnessTest, BrokenConnectionsGiveTheirPlacesBack) {
  options_.limits.connections = 2;
  start(options_);
  const std::uint16_t port = server_->listen("127.0.0.1", 0);
  for (std::size_t i = 0; i != 10; ++i) {
    Client broken(connect_to(port));
    broken.send(kGet.substr(0, 3 * i));
    settle();
    const linger reset{1, 0};
    ASSERT_EQ(::setsockopt(broken.fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
    broken.close();
    settle();
    EXPECT_EQ(server_->connection_count(), 0U) << i;
  }
  Client client(connect_to(port));
  client.send(kGet);
  settle();
  EXPECT_TRUE(client.receive().ends_with("abc"));
}

// The receive buffer holds 16384 bytes.
TEST_F(FairnessTest, DrainsInputOfEverySizeAroundItsBuffer) {
  options_.protocol = Protocol::kEcho;
  start(options_);
  for (const std::size_t times : {1U, 2U, 4U}) {
    for (std::size_t size = times * 16384 - 1; size <= times * 16384 + 1; ++size) {
      Client client = connect();
      client.send(std::string(size, 'x'));
      settle();
      EXPECT_EQ(client.receive().size(), size);
    }
  }
}

TEST_F(FairnessTest, HoldsNoMoreUnsentThanItMay) {
  options_.limits.output = 1000;
  start(options_);
  Client client = connect();
  const std::string request = "GET /" + std::string(5000, 'x') + " HTTP/1.1\r\nHost: t\r\n\r\n";
  while (client.send_some(request) != 0) settle();
  settle();
  const std::uint64_t answered = server_->counters().requests;
  client.send_some(request);
  settle();
  EXPECT_EQ(server_->counters().requests, answered) << "it owes too much to answer more";
  client.receive();
  settle();
  EXPECT_GT(server_->counters().requests, answered) << "the control: it goes on when it may";
}

TEST_F(FairnessTest, DeliversAllItOwesBeforeItCloses) {
  start(options_);
  Client client = connect();
  const std::string path(5000, 'x');
  std::string requests;
  for (int i = 0; i != 100; ++i) requests += "GET /" + path + " HTTP/1.1\r\nHost: t\r\n\r\n";
  requests += "GET /last HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";
  std::string received;
  std::size_t sent = 0;
  for (int round = 0; round != 10'000 && !client.has_ended(); ++round) {
    sent += client.send_some(std::string_view(requests).substr(sent));
    settle();
    received += client.receive(3'001);
    settle();
  }
  EXPECT_EQ(sent, requests.size());
  EXPECT_TRUE(received.ends_with("\r\n\r\nlast"));
  std::size_t answers = 0;
  for (std::size_t at = 0; (at = received.find(path, at)) != received.npos; at += path.size()) {
    ++answers;
  }
  EXPECT_EQ(answers, 100U);
}

}  // namespace
}  // namespace e3::server
