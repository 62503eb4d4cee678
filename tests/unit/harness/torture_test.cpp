// SPDX-License-Identifier: MIT
// Torture and exhaustion: no alarm for correct servers, also for one that stops at a short read or
// write as epoll(7) permits; the bugs that only they show are found; nothing is left out.
#include "harness/explore/torture.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>

#include "edge_server.h"
#include "harness/explore/exhaust.h"
#include "harness/explore/http_protocol.h"
#include "harness/explore/world_judge.h"
#include "harness/mutants/tiny_server.h"
#include "harness/scenario/text_form.h"
#include "harness/targets/shipped_server.h"
#include "harness/world/engines/in_process_source.h"

namespace e3::explore {
namespace {

using mutants::Bug;
using testing_servers::Drains;
using testing_servers::Slip;

// A target, and a scenario that it survives undisturbed.
struct Victim {
  InProcessTarget target;
  Protocol protocol;
  std::string_view scenario;
};

Victim shipped() {
  return {targets::shipped_server("http"), http_protocol("GET /e3 HTTP/1.0\r\n\r\n"),
          R"(
peer1 > "GET /e3 HTTP/1.0\r\n\r"
peer2 connect tiny
peer2 > "GET /" "e"*6000 " HTTP/1.0\r\n\r\n"
settle
peer1 > "\n"
peer2 expect answer
)"};
}

Victim edges(Drains drains, Slip slip = Slip::kNone) {
  InProcessTarget target;
  target.name = "edges";
  target.serve = [drains, slip] { testing_servers::serve_edges(drains, slip); };
  return {
      std::move(target),
      {.request = "x\n", .comparable = [](std::string_view answer) { return std::string(answer); }},
      R"(
peer1 connect tiny
peer1 > "a"
peer2 connect
settle
peer1 > "b\n"
peer2 > "c\n"
settle
peer1 < 100
peer2 expect answer
)"};
}

InProcessTarget tiny(Bug bug) {
  InProcessTarget target;
  target.name = "tiny";
  target.serve = [bug] { mutants::serve_tiny(bug, 8080); };
  return target;
}

struct Outcome {
  std::uint64_t total = 0;
  SweepResult result;
};

Outcome torture_on_sim(const Victim& victim) {
  Transcript transcript;
  InProcessSource source(victim.target, InProcessEngine::kSim, 42, transcript);
  WorldJudge judge(source, victim.protocol);
  const auto steps = scenario::parse(victim.scenario, "scenario");
  const TorturePlan plan(judge, steps, {.short_counts = 2, .pairs = 60});
  Outcome outcome{plan.total(), {}};
  play(plan.sweep(), judge, outcome.result, [](std::uint64_t) {});
  return outcome;
}

std::string story(const Outcome& outcome) {
  if (outcome.result.failures.empty()) return "";
  const Conviction& failure = outcome.result.failures[0];
  return scenario::print(failure.scenario) + failure.violation.actual;
}

TEST(Torture, AcquitsCorrectServers) {
  for (const Victim& victim : {shipped(), edges(Drains::kToTheEnd), edges(Drains::kToShortCount)}) {
    const Outcome outcome = torture_on_sim(victim);
    EXPECT_TRUE(outcome.result.failures.empty()) << victim.target.name << "\n" << story(outcome);
    EXPECT_EQ(outcome.result.run, outcome.total);
    EXPECT_GT(outcome.result.struck, outcome.total * 9 / 10);
  }
}

TEST(Torture, FindsWhatOnlyAFaultShows) {
  for (const Slip slip : {Slip::kShortWriteIsAll, Slip::kAcceptErrorEnds, Slip::kInterruptIsFatal,
                          Slip::kForgetsToRetry, Slip::kFailureEndsAll}) {
    EXPECT_FALSE(torture_on_sim(edges(Drains::kToTheEnd, slip)).result.failures.empty())
        << static_cast<int>(slip);
  }
}

TEST(Torture, ConcludesNothingFromAScenarioThatFailsByItself) {
  Victim victim = shipped();
  victim.target = tiny(Bug::kForgetsBetweenReads);
  EXPECT_THROW(torture_on_sim(victim), ControlFailed);
}

std::set<std::string> all_of(const Sweep& sweep) {
  std::set<std::string> scenarios;
  scenario::Scenario scenario;
  for (std::uint64_t number = 0; number < sweep.total; ++number) {
    sweep.make(number, scenario);
    scenarios.insert(scenario::print(scenario));
  }
  return scenarios;
}

TEST(Exhaust, PairsAreNumberedWithoutAGap) {
  std::uint64_t number = 0;
  for (std::uint64_t second = 1; second < 300; ++second) {
    for (std::uint64_t first = 0; first < second; ++first) {
      EXPECT_EQ(pair_of(number++), std::pair(first, second));
    }
  }
  const std::uint64_t last = std::uint64_t{1} << 31;
  EXPECT_EQ(pair_of(last * (last - 1) / 2 + 5), std::pair(std::uint64_t{5}, last));
}

TEST(Exhaust, SweepsLeaveNothingOutAndRepeatNothing) {
  const std::string request = "GET /1234";
  const Requests requests{{request, "GET /5678"}};
  EXPECT_EQ(fragmentations(requests).total, 256U);
  EXPECT_EQ(interleavings(requests).total, 70U * 128U);
  // Of n events, k concern peers that have arrived before, in k! orders (of five: in two).
  const std::uint64_t two = 1 + 2 * 4 + 16 * 2;
  const std::uint64_t three = 1 + 3 * 4 + 3 * 16 * 2 + 64 * 6;
  const std::uint64_t four = 1 + 4 * 4 + 6 * 16 * 2 + 4 * 64 * 6 + 256 * 24;
  const std::uint64_t five = 1 + 5 * 4 + 2 * (3125 - 1 - 5 * 4);
  EXPECT_EQ(event_orders(requests).total, two + three + four + five);
  EXPECT_EQ(hangups_in_request(request).total, 3U * (9 * 4 + 2));
  EXPECT_EQ(hangups_in_answer(requests, 20).total, 21U * 3);
  const std::string long_request(30, 'x');
  EXPECT_EQ(fragmentations({{long_request}}).total, 30U * 29 / 2 + 1);
  EXPECT_EQ(interleavings({{"x"}}).total, 2U * 2U);
  for (const Sweep& sweep :
       {fragmentations(requests), fragmentations({{long_request}, true}), interleavings(requests),
        event_orders(requests), hangups_in_request(request), hangups_in_answer(requests, 20)}) {
    EXPECT_EQ(all_of(sweep).size(), sweep.total) << sweep.what;
  }
}

TEST(Exhaust, EveryFragmentationIsThereAndNoOther) {
  std::set<std::string> requests;
  scenario::Scenario steps;
  const Sweep sweep = fragmentations({{"abcd"}});
  for (std::uint64_t number = 0; number < sweep.total; ++number) {
    sweep.make(number, steps);
    std::string cut;
    for (const scenario::Step& step : steps) cut += step.bytes.empty() ? "|" : step.bytes;
    requests.insert(cut);
  }
  EXPECT_EQ(requests, (std::set<std::string>{"abcd", "a|bcd", "ab|cd", "a|b|cd", "abc|d", "a|bc|d",
                                             "ab|c|d", "a|b|c|d"}));
}

// What one scenario does to the server shows in the next one, if there is one.
TEST(Exhaust, ConvictsTheScenarioThatBrokeTheServer) {
  Transcript transcript;
  InProcessSource source(tiny(Bug::kAcceptsOncePerEdge), InProcessEngine::kSim, 42, transcript);
  WorldJudge judge(source, http_protocol("GET /e3 HTTP/1.0\r\n\r\n"));
  const std::string breaks = "peer1 connect\npeer2 connect\n";
  const std::string suffers = "peer1 > \"GET /a HTTP/1.0\\r\\n\\r\\n\"\n";
  for (const std::uint64_t at : {0U, 1U, 2U}) {
    const Sweep sweep{
        .what = "scenarios", .total = 3, .make = [&](std::uint64_t number, auto& made) {
          made = scenario::parse(number == at ? breaks : suffers, "made");
        }};
    SweepResult result;
    play(sweep, judge, result, [](std::uint64_t) {});
    ASSERT_EQ(result.failures.size(), 1U) << at;
    EXPECT_EQ(scenario::print(result.failures[0].scenario), breaks)
        << at << result.failures[0].violation.actual;
  }
}

// Only then does it show when one gets the answer of another.
TEST(Exhaust, EachPeerSendsARequestOfItsOwn) {
  const Requests requests{{"GET /a", "GET /b", "GET /c", "GET /d", "GET /e"}, true};
  for (const Sweep& sweep : {interleavings(requests), event_orders(requests)}) {
    scenario::Scenario steps;
    for (std::uint64_t number = 0; number < sweep.total; ++number) {
      sweep.make(number, steps);
      std::map<std::size_t, std::string> sent;
      std::set<std::size_t> ended;
      for (const scenario::Step& step : steps) {
        sent[step.peer] += step.bytes;
        if (step.verb == scenario::Verb::kHalfClose) ended.insert(step.peer);
      }
      for (const auto& [peer, bytes] : sent) {
        if (bytes.empty()) continue;
        EXPECT_EQ(bytes, requests.of(peer));
        EXPECT_TRUE(ended.contains(peer)) << peer;
      }
    }
  }
}

TEST(Exhaust, ConvictsAndAcquits) {
  for (const bool correct : {true, false}) {
    Transcript transcript;
    InProcessSource source(tiny(correct ? Bug::kNone : Bug::kForgetsBetweenReads),
                           InProcessEngine::kSim, 42, transcript);
    WorldJudge judge(source, http_protocol("GET /e3 HTTP/1.0\r\n\r\n"));
    const Sweep sweep = fragmentations({{"GET / H\r\n\r\n"}});
    SweepResult result;
    play(sweep, judge, result, [](std::uint64_t) {});
    EXPECT_EQ(result.failures.empty(), correct);
    if (correct) {
      EXPECT_EQ(result.run, sweep.total);
    }
  }
}

}  // namespace
}  // namespace e3::explore
