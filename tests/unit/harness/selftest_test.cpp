// SPDX-License-Identifier: MIT
// The selftest can fail: with a broken check, a wrong expectation, or a server that is not what it
// is said to be.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "harness/checks/catalogue.h"
#include "harness/checks/session.h"
#include "harness/selftest/examine.h"

namespace e3::selftest {
namespace {

Specimen specimen_named(std::string_view name) {
  const auto found = std::find_if(specimens().begin(), specimens().end(),
                                  [&](const Specimen& each) { return each.name == name; });
  if (found == specimens().end()) throw std::invalid_argument(std::string(name));
  return *found;
}

std::size_t count(Kind kind) {
  return static_cast<std::size_t>(
      std::count_if(specimens().begin(), specimens().end(),
                    [&](const Specimen& each) { return each.kind == kind; }));
}

TEST(Selftest, HasManyMutantsAndEveryKindOfNullServer) {
  EXPECT_GE(count(Kind::kMutant), 60U);
  EXPECT_EQ(count(Kind::kNull), 5U);
  EXPECT_EQ(count(Kind::kCorrect), 3U);
}

TEST(Selftest, TellsWhichCheckFoundAMutant) {
  const Finding finding = examine(specimen_named("accepts-once-per-edge"), {});
  EXPECT_TRUE(finding.is_right());
  ASSERT_TRUE(finding.found.contains("et-listen-single-accept"));
  EXPECT_EQ(finding.found.at("et-listen-single-accept"), std::vector<std::string>{"accept.burst"});
}

TEST(Selftest, FailsWhenACheckSeesNothing) {
  static Check blind = *find_check("accept.burst");
  blind.run = [](Session&) {};
  Specimen mutant = specimen_named("accepts-once-per-edge");
  mutant.checks = [] { return std::vector<const Check*>{&blind}; };
  EXPECT_EQ(examine(mutant, {}).wrong,
            std::vector<std::string>{"accept.burst says PASS, not et-listen-single-accept"});
}

TEST(Selftest, FailsWhenACheckNamesAnotherCause) {
  Specimen mutant = specimen_named("accepts-once-per-edge");
  mutant.kills.front().cause = "eof-spin";
  EXPECT_EQ(
      examine(mutant, {}).wrong,
      std::vector<std::string>{"accept.burst says FAIL by et-listen-single-accept, not eof-spin"});
}

TEST(Selftest, TakesAWarningForNoFailureAndAFailureForNoWarning) {
  Specimen mutant = specimen_named("no-date");
  mutant.kills.front().warns = false;
  EXPECT_EQ(examine(mutant, {}).wrong,
            std::vector<std::string>{
                "http.answer.date says WARN by http-answer-fields, where a failure is due"});
  mutant = specimen_named("accepts-once-per-edge");
  mutant.kills.front().warns = true;
  EXPECT_EQ(examine(mutant, {}).wrong,
            std::vector<std::string>{
                "accept.burst says FAIL by et-listen-single-accept, where a warning is due"});
}

TEST(Selftest, FailsWithoutTheCheckThatFindsTheMutant) {
  EXPECT_EQ(examine(specimen_named("accepts-once-per-edge"), {.exclude = {"accept"}}).wrong,
            std::vector<std::string>{"accept.burst was not run"});
}

TEST(Selftest, FailsWhenNothingIsKnownToFindAMutant) {
  Specimen mutant = specimen_named("accepts-once-per-edge");
  mutant.kills.clear();
  EXPECT_FALSE(examine(mutant, {}).is_right());
}

TEST(Selftest, FailsWhenACorrectServerDoesNotPass) {
  Specimen mutant = specimen_named("reads-eof-for-ever");
  mutant.kind = Kind::kCorrect;
  EXPECT_FALSE(examine(mutant, {}).is_right());
}

// What only a program shows is neither run in vain nor taken for found.
TEST(Selftest, LeavesToProgramsWhatOnlyTheyShow) {
  const Finding finding = examine(specimen_named("ignores-sigterm"), {});
  EXPECT_TRUE(finding.is_right());
  EXPECT_TRUE(finding.found.empty());
  EXPECT_EQ(finding.not_shown, std::vector<std::string>{"process.terminate"});
}

// What an engine is said not to have is what it does not show: no more may be left out.
TEST(Selftest, LeavesOutOnEachEngineWhatThatEngineLacks) {
  const std::pair<InProcessEngine, std::size_t> rows[] = {
      {InProcessEngine::kSim, 3}, {InProcessEngine::kSocketpair, 11}, {InProcessEngine::kTcp, 7}};
  for (const auto& [engine, not_shown] : rows) {
    const Finding finding = examine(specimen_named("correct"), {.engine = engine});
    EXPECT_TRUE(finding.is_right());
    EXPECT_EQ(finding.not_shown.size(), not_shown) << to_string(engine);
  }
}

// A check that says of itself that it cannot be shown, although nothing is lacking.
TEST(Selftest, FailsWhenACheckIsSkippedThatTheEngineCanShow) {
  static Check shy = *find_check("accept.burst");
  shy.run = [](Session&) { throw NotShown{"not today"}; };
  for (const bool needs_tcp : {false, true}) {
    shy.needs.tcp = needs_tcp;  // which this engine has
    Specimen mutant = specimen_named("accepts-once-per-edge");
    mutant.checks = [] { return std::vector<const Check*>{&shy}; };
    EXPECT_EQ(examine(mutant, {.engine = InProcessEngine::kTcp}).wrong,
              std::vector<std::string>{"accept.burst says SKIP, not et-listen-single-accept"});
  }
}

TEST(Selftest, FailsWhenNothingOfACorrectOrANullServerIsShown) {
  static Check only_of_programs = *find_check("process.terminate");
  for (const std::string_view name : {"correct", "never-answers"}) {
    Specimen server = specimen_named(name);
    server.checks = [] { return std::vector<const Check*>{&only_of_programs}; };
    EXPECT_EQ(examine(server, {}).wrong, std::vector<std::string>{"every check was skipped"});
    server.checks = [] { return std::vector<const Check*>{}; };
    EXPECT_EQ(examine(server, {}).wrong, std::vector<std::string>{"no check was run"});
  }
}

TEST(Selftest, FailsWhenANullServerPasses) {
  Specimen correct = specimen_named("correct");
  correct.kind = Kind::kNull;
  const Finding finding = examine(correct, {});
  EXPECT_FALSE(finding.is_right());
  EXPECT_EQ(finding.wrong.size(), finding.run - finding.not_shown.size());
}

}  // namespace
}  // namespace e3::selftest
