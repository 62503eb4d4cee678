// SPDX-License-Identifier: MIT
// What the sweeps of harness/explore/exhaust.h do to a server is what they say they do, and what
// it does to the server is seen.
#include "harness/explore/exhaust.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>

#include "harness/explore/http_protocol.h"
#include "harness/explore/world_judge.h"
#include "harness/mutants/tiny_server.h"
#include "harness/scenario/player.h"
#include "harness/scenario/text_form.h"
#include "harness/world/engines/in_process_source.h"
#include "in_process_world_fixture.h"

namespace e3::explore {
namespace {

const std::string kNames[] = {"sim", "socketpair", "tcp"};

class ExhaustOn : public ::testing::TestWithParam<InProcessEngine> {};

INSTANTIATE_TEST_SUITE_P(Engines, ExhaustOn,
                         ::testing::Values(InProcessEngine::kSim, InProcessEngine::kSocketpair,
                                           InProcessEngine::kTcp),
                         [](const auto& engine) { return kNames[static_cast<int>(engine.param)]; });

// Else most of the hang-ups would come at one and the same offset, that of the buffers' size.
TEST_P(ExhaustOn, APeerHangsUpAfterExactlySoManyBytesOfTheAnswer) {
  InProcessTarget target;
  target.name = "tiny";
  target.serve = [] { mutants::serve_tiny(mutants::Bug::kNone, 8080); };
  Transcript transcript;
  InProcessSource source(target, GetParam(), 42, transcript);
  const std::string request = "GET /" + std::string(6000, 'e') + " HTTP/1.0\r\n\r\n";
  WorldJudge judge(source, http_protocol(request));
  const std::size_t size = judge.answer_to(request).size;
  ASSERT_GT(size, 6000U);
  const Sweep sweep = hangups_in_answer({{request}}, size);
  scenario::Scenario steps;
  for (const std::size_t offset : {std::size_t{0}, std::size_t{1}, size / 2, size - 1, size}) {
    source.renew();
    sweep.make(offset, steps);
    scenario::Player player(source.world(), [](const scenario::Conversation&) {});
    for (const scenario::Step& step : steps) player.play(step);
    EXPECT_EQ(player.conversations().front().peer.received().size(), offset);
  }
}

// Takes no further connection after one was reset.
void serve_until_a_reset() {
  serve_with([](int epoll, int listener, const epoll_event& event) {
    if (event.data.fd == listener) {
      watch(epoll, ::accept(listener, nullptr, nullptr));
    } else if (answer_line(event.data.fd) < 0) {
      ::epoll_ctl(epoll, EPOLL_CTL_DEL, listener, nullptr);
    }
  });
}

// In passing the next scenario would show it, but all of these demand nothing.
TEST(Exhaust, WhoTurnsDeafOnAHangUpIsSeenThoughNobodyWaitsForAnAnswer) {
  InProcessTarget target;
  target.name = "deaf after a reset";
  target.serve = serve_until_a_reset;
  Transcript transcript;
  InProcessSource source(target, InProcessEngine::kSim, 42, transcript);
  WorldJudge judge(source, {.request = "ask\n", .comparable = [](std::string_view answer) {
                              return std::string(answer);
                            }});
  const Sweep sweep = hangups_in_request("ask\n");
  SweepResult result;
  play(sweep, judge, result, [](std::uint64_t) {});
  ASSERT_FALSE(result.failures.empty());
  EXPECT_EQ(result.failures[0].violation.symptom, Symptom::kDeaf);
  EXPECT_NE(scenario::print(result.failures[0].scenario).find("reset"), std::string::npos);
}

// Against a slow program a thousand scenarios, the number between two reports of old, take minutes.
TEST(Exhaust, ReportsProgressBeforeEachScenario) {
  InProcessTarget target;
  target.name = "tiny";
  target.serve = [] { mutants::serve_tiny(mutants::Bug::kNone, 8080); };
  Transcript transcript;
  InProcessSource source(target, InProcessEngine::kSim, 42, transcript);
  WorldJudge judge(source, http_protocol("GET / HTTP/1.0\r\n\r\n"));
  const Sweep sweep = hangups_in_request("GET /");
  std::uint64_t next = 0;
  SweepResult result;
  play(sweep, judge, result, [&](std::uint64_t run) { EXPECT_EQ(run, next++); });
  EXPECT_EQ(next, sweep.total + 1);
}

}  // namespace
}  // namespace e3::explore
