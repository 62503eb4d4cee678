// SPDX-License-Identifier: MIT
#include "harness/explore/minimize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/scenario/text_form.h"
#include "harness/world/interrupt.h"

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

// Which of them are taken away makes no difference: it took a run for each.
TEST(Minimize, TakesAFewRunsForALongRunOfEqualBytes) {
  const Minimized small =
      minimize(scenario::parse("peer1 > \"x\"*9000\n", "equal"), [](const Scenario& scenario) {
        return !scenario.empty() && scenario[0].bytes.size() > 4000;
      });
  EXPECT_EQ(small.scenario[0].bytes.size(), 4001U);
  EXPECT_LT(small.runs, 60U);
}

// Dies of each scenario with a step that sends, and says other words each time.
class DyingOfBytes final : public Judge {
 public:
  std::optional<Violation> judge(const Scenario& scenario) override {
    if (++judged_ > lives_) throw Interrupted{};
    for (const Step& step : scenario) {
      if (step.verb == Verb::kReset) return Violation{Symptom::kDied, "", "killed by SIGABRT"};
    }
    for (const Step& step : scenario) {
      if (step.verb != Verb::kSend) continue;
      const std::string words = std::to_string(judged_);
      return Violation{Symptom::kDied, "", "killed by SIGSEGV" + tail_ + words};
    }
    return std::nullopt;
  }
  bool seems_wrong(const Scenario& scenario) override { return judge(scenario).has_value(); }
  std::size_t faults_struck() const override { return 0; }
  std::vector<std::string> transcript() const override { return {}; }
  std::vector<CallSite> record_calls(const Scenario& /*scenario*/) override { return {}; }
  bool can_inject(const Fault& /*fault*/) override { return false; }
  Answer answer_to(const std::string& /*request*/) override { return {}; }

  explicit DyingOfBytes(std::string tail, std::size_t lives = 100'000)
      : tail_(std::move(tail)), lives_(lives) {}

 private:
  std::string tail_;
  std::size_t lives_;
  std::size_t judged_ = 0;
};

TEST(Minimize, TakesADeathForTheSameWhateverTheServerPrintsBeforeIt) {
  const Scenario scenario = scenario::parse(kLong, "long");
  Scenario deadly = scenario;
  std::erase_if(deadly, [](const Step& step) { return step.verb == Verb::kReset; });
  for (const char* tail : {"; it printed: served port ", " in send(conn", " (seen as: "}) {
    DyingOfBytes judge(tail);
    const Violation found = *judge.judge(deadly);
    const Minimized small = minimize(deadly, judge, found, 1000);
    EXPECT_EQ(small.scenario.size(), 1U) << scenario::print(small.scenario);
    EXPECT_TRUE(small.violation.actual.starts_with("killed by SIGSEGV")) << small.violation.actual;
    const Violation aborted{Symptom::kDied, "", "killed by SIGABRT"};
    const Minimized other = minimize(scenario, judge, aborted, 1000);
    EXPECT_EQ(scenario::print(other.scenario), "peer1 reset\n");
  }
}

TEST(Minimize, KeepsWhatItHasWhenItIsInterrupted) {
  DyingOfBytes judge("", 4);
  const Scenario scenario = scenario::parse(kLong, "long");
  const Minimized small =
      minimize(scenario, judge, {Symptom::kDied, "", "killed by SIGABRT"}, 1000);
  EXPECT_THROW(std::rethrow_exception(small.ended_by), Interrupted);
  EXPECT_LT(small.scenario.size(), scenario.size());
}

}  // namespace
}  // namespace e3::explore
