// SPDX-License-Identifier: MIT
// A listener's queue may be short: who finds it full comes later, and no check takes that for a
// bug.
#include <gtest/gtest.h>

#include "harness/checks/catalogue.h"
#include "in_process_world_fixture.h"
#include "run_in_process.h"

namespace e3 {
namespace {

// One connection for each event, from a queue of 17.
void serve_lines() {
  serve_with([](int epoll, int listener, const epoll_event& event) {
    event.data.fd == listener ? accept_and_watch(epoll, listener) : answer_line(event.data.fd);
  });
}

class ShortQueue : public ::testing::TestWithParam<InProcessEngine> {};

TEST_P(ShortQueue, IsShorterThanTheCrowdsOfTheChecks) {
  Profile profile;
  profile.name = "lines";
  profile.request = "x\n";
  profile.large_request = "x\n";
  std::vector<const Check*> checks;
  for (const char* id : {"accept.burst", "accept.crowd", "events.full-batch", "events.order",
                         "isolation.slow-senders"}) {
    checks.push_back(find_check(id));
  }
  for (const CheckResult& result :
       run_in_process(serve_lines, checks, GetParam(), profile).checks) {
    if (result.verdict == Verdict::kSkip && GetParam() == InProcessEngine::kTcp) continue;
    EXPECT_EQ(result.verdict, Verdict::kPass)
        << result.id << " at "
        << (result.failures.empty() ? result.reason : result.failures.front().point);
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, ShortQueue,
                         ::testing::Values(InProcessEngine::kSim, InProcessEngine::kTcp),
                         [](const auto& engine) {
                           return engine.param == InProcessEngine::kSim ? "sim" : "tcp";
                         });

TEST(AcceptQueue, WhoFindsItFullIsServedLater) {
  Transcript transcript;
  InProcessSource source({.name = "lines", .serve = serve_lines, .stop = {}}, InProcessEngine::kSim,
                         42, transcript);
  World& world = source.world();
  world.hold();
  std::vector<Peer> peers;
  for (int i = 0; i < 20; ++i) peers.push_back(world.connect());
  world.release();
  for (Peer& peer : peers) {
    peer.send("x\n");
    peer.receive_to_end();
    EXPECT_EQ(peer.received(), "yes\n");
  }
  EXPECT_GE(world.now(), std::chrono::seconds(1));
}

}  // namespace
}  // namespace e3
