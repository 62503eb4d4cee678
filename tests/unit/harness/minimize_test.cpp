// SPDX-License-Identifier: MIT
#include "harness/explore/minimize.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/scenario/text_form.h"

namespace e3::explore {
namespace {

using scenario::Scenario;
using scenario::Step;
using scenario::Verb;

constexpr std::string_view kLong = R"(
peer3 connect tiny
peer1 > "abc"
settle
peer4 > "GET /something HTTP/1.0\r\n\r"
advance 7s
fault recv conn short=1
settle
peer4 > "\n"
peer2 reset
peer3 < 16
)";

// A bug that needs a return, and a line feed by the same peer after the server has looked.
bool split_terminator(const Scenario& scenario) {
  const Step* return_sent = nullptr;
  bool looked = false;
  for (const Step& step : scenario) {
    if (step.verb == Verb::kSettle) looked = return_sent != nullptr;
    if (step.verb != Verb::kSend) continue;
    if (looked && step.peer == return_sent->peer && step.bytes.starts_with('\n')) return true;
    if (step.bytes.ends_with('\r')) return_sent = &step;
  }
  return false;
}

TEST(Minimize, LeavesOnlyWhatTheFailureNeeds) {
  const Minimized small = minimize(scenario::parse(kLong, "long"), split_terminator);
  EXPECT_EQ(scenario::print(small.scenario), "peer1 > \"\\r\"\nsettle\npeer1 > \"\\n\"\n");
}

TEST(Minimize, ShortensWaitsAndRepetitions) {
  const Minimized small =
      minimize(scenario::parse("peer2 > \"x\"*9000 \"y\"\nadvance 9min\npeer2 < 3\n", "long"),
               [](const Scenario& scenario) {
                 return std::any_of(scenario.begin(), scenario.end(),
                                    [](const Step& step) { return step.bytes.size() > 100; }) &&
                        std::any_of(scenario.begin(), scenario.end(), [](const Step& step) {
                          return step.verb == Verb::kAdvance && step.amount > 3'000;
                        });
               });
  EXPECT_EQ(small.scenario.size(), 2U);
  EXPECT_EQ(small.scenario[0].bytes.size(), 101U);
  EXPECT_EQ(small.scenario[0].peer, 0);
  EXPECT_EQ(small.scenario[1].amount, 5'000U);
}

TEST(Minimize, StopsWhenItsBudgetIsSpent) {
  const Scenario scenario = scenario::parse(kLong, "long");
  std::size_t asked = 0;
  const Minimized small = minimize(
      scenario, [&](const Scenario&) { return ++asked == 0; }, 5);
  EXPECT_EQ(asked, 5U);
  EXPECT_EQ(small.runs, 5U);
  EXPECT_EQ(small.scenario, scenario);
}

// Its numbers were doubled until they began at 0 again.
TEST(Minimize, EndsAlsoWhereAFaultStrikesForEverAndMayNotBeSimplified) {
  const Scenario scenario = scenario::parse("fault recv conn ECONNRESET always\n", "for ever");
  const Minimized small = minimize(scenario, [](const Scenario&) { return false; });
  EXPECT_EQ(small.scenario, scenario);
  EXPECT_GT(small.runs, 30U);
}

}  // namespace
}  // namespace e3::explore
