// SPDX-License-Identifier: MIT
// Orders of ready events: Linux's unless somebody chooses, and every choice stands in the
// transcript. And clocks that take time to read.
#include "harness/faults/event_order.h"

#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <vector>

#include "edge_server.h"
#include "harness/world/engines/in_process_source.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

// Answers from a list, and afterwards as Linux does; notes what it was asked.
class Scripted final : public EventOrder {
 public:
  explicit Scripted(std::vector<std::size_t> answers) : answers_(std::move(answers)) {}

  std::size_t next(std::size_t waiting, std::size_t reported) override {
    asked.emplace_back(waiting, reported);
    return asked.size() <= answers_.size() ? answers_[asked.size() - 1] : 0;
  }

  std::vector<std::pair<std::size_t, std::size_t>> asked;

 private:
  std::vector<std::size_t> answers_;
};

// Three connections become readable while the server is held; returns the server's calls then.
std::vector<std::string> served(EventOrder* order, std::uint64_t* hash = nullptr) {
  Transcript transcript;
  InProcessTarget target{
      .name = "edge server",
      .serve = [] { testing_servers::serve_edges(testing_servers::Drains::kToTheEnd); },
      .stop = {}};
  InProcessSource source(target, InProcessEngine::kSim, 42, transcript);
  World& world = source.world();
  std::vector<Peer> peers;
  for (int i = 0; i < 3; ++i) {
    peers.push_back(world.connect());
    world.settle();
  }
  world.order_events(order);
  transcript.begin_scenario();
  for (Peer& peer : peers) peer.send("x");
  world.settle();
  world.order_events(nullptr);
  std::vector<std::string> calls;
  for (const std::string& line : transcript.lines()) {
    const std::size_t conn = line.find("recv(conn");
    const std::size_t wait = line.find("epoll_wait(");
    if (conn != std::string::npos && line.find("EAGAIN") == std::string::npos) {
      calls.push_back(line.substr(conn + 5, 5));
    }
    if (wait != std::string::npos) calls.push_back("wait");
    if (line.find("  world   ") != std::string::npos) calls.push_back("choice");
  }
  if (hash != nullptr) *hash = transcript.hash();
  return calls;
}

using Calls = std::vector<std::string>;

TEST(EventOrder, IsLinuxsWhenNobodyChooses) {
  EXPECT_EQ(served(nullptr), (Calls{"wait", "conn1", "conn2", "conn3"}));
}

TEST(EventOrder, AskingAloneChangesNothing) {
  Scripted linux({});
  std::uint64_t asked = 0;
  std::uint64_t unasked = 0;
  EXPECT_EQ(served(&linux, &asked), served(nullptr, &unasked));
  EXPECT_EQ(asked, unasked);
  EXPECT_EQ(linux.asked,
            (std::vector<std::pair<std::size_t, std::size_t>>{{3, 0}, {2, 1}, {1, 2}}));
}

TEST(EventOrder, APermutationIsWrittenDown) {
  Scripted backwards({2, 1});
  EXPECT_EQ(served(&backwards), (Calls{"choice", "choice", "wait", "conn3", "conn2", "conn1"}));
}

TEST(EventOrder, TheRestMayArriveAfterTheReport) {
  Scripted one_at_a_time({0, 2, 0, 1});
  EXPECT_EQ(served(&one_at_a_time),
            (Calls{"choice", "wait", "conn1", "choice", "wait", "conn2", "wait", "conn3"}));
}

TEST(EventOrder, ImpossibleAnswersAreLinuxs) {
  Scripted nothing_first({3, 99});
  EXPECT_EQ(served(&nothing_first), (Calls{"wait", "conn1", "conn2", "conn3"}));
}

TEST(ClockDrift, LetsAServerWaitByAskingTheTime) {
  Transcript transcript;
  InProcessTarget target{.name = "polls the time",
                         .serve =
                             [] {
                               testing_servers::serve_edges(testing_servers::Drains::kToTheEnd,
                                                            testing_servers::Slip::kPollsTheClock);
                             },
                         .stop = {}};
  InProcessSource source(target, InProcessEngine::kSim, 42, transcript);
  World& world = source.world();
  world.set_clock_drift(1us);
  Peer peer = world.connect();
  peer.send("x\n");
  peer.receive_up_to(testing_servers::kAnswerBytes);
  EXPECT_EQ(peer.received().size(), testing_servers::kAnswerBytes);
  EXPECT_GE(world.now(), 10ms);
  EXPECT_FALSE(world.health().spin);
}

}  // namespace
}  // namespace e3
