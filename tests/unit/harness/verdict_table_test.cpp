// SPDX-License-Identifier: MIT
// What a check saw decides between PASS, WARN, FAIL, TIMEOUT and CRASH, for the answer and for the
// connection apart.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "harness/checks/world_runner.h"
#include "harness/mutants/tiny_server.h"
#include "harness/world/engines/in_process_source.h"

namespace e3 {
namespace {

struct Seen {
  Symptom symptom;
  bool waits_for_ever = false;
};

struct Row {
  Level level;
  std::vector<Seen> seen;
  Verdict verdict, answer, connection;
  bool warns = false;
};

std::ostream& operator<<(std::ostream& out, const Row& row) {
  out << to_string(row.level);
  for (const Seen& each : row.seen) out << ", " << to_string(each.symptom);
  return out << (row.warns ? ", a warning" : "");
}

constexpr auto kMust = Level::kMust;
constexpr auto kShould = Level::kShould;
constexpr auto kMay = Level::kMay;
constexpr auto kPass = Verdict::kPass;
constexpr auto kWarn = Verdict::kWarn;
constexpr auto kFail = Verdict::kFail;
constexpr auto kCrash = Verdict::kCrash;
constexpr auto kTimeout = Verdict::kTimeout;

std::vector<Row> rows() {
  using enum Symptom;
  return {
      {kMust, {}, kPass, kPass, kPass},
      {kMust, {}, kWarn, kWarn, kPass, true},
      {kMust, {{kWrongAnswer}}, kFail, kFail, kPass},
      {kMust, {{kWrongAnswer}}, kFail, kFail, kPass, true},
      {kMust, {{kNoAnswer, true}}, kTimeout, kTimeout, kPass},
      {kMust, {{kNotEnded, true}}, kTimeout, kPass, kTimeout},
      {kMust, {{kNotAccepted}}, kFail, kPass, kFail},
      {kMust, {{kWrongAnswer}, {kNotEnded, true}}, kTimeout, kFail, kTimeout},
      {kMust, {{kDied}}, kCrash, kCrash, kPass},
      {kMust, {{kLeaks}, {kNoAnswer, true}}, kFail, kTimeout, kFail},
      {kShould, {}, kPass, kPass, kPass},
      {kShould, {{kWrongAnswer}}, kWarn, kWarn, kPass},
      {kShould, {{kNotEnded, true}}, kWarn, kPass, kWarn},
      {kMay, {{kWrongAnswer}}, kWarn, kWarn, kPass},
      // Wrong at every level.
      {kShould, {{kDied}}, kCrash, kCrash, kPass},
      {kShould, {{kSpins}}, kFail, kFail, kPass},
      {kMay, {{kDeaf}}, kFail, kFail, kPass},
      {kMay, {{kMisuse}}, kFail, kFail, kPass},
      {kShould, {{kLeaks}}, kFail, kPass, kFail},
      // The grave half fails; the other is judged by its own level.
      {kShould, {{kSpins}, {kNotEnded, true}}, kFail, kFail, kWarn},
  };
}

const Row* current = nullptr;  // a check's scenario is a plain function

// Sees what the row says, one failure for each point.
void see(Session& session) {
  session.set_level(current->level);
  std::vector<std::size_t> points(current->seen.size());
  for (std::size_t i = 0; i < points.size(); ++i) points[i] = i;
  session.sweep({"part", "parts"}, points, [](std::size_t point) {
    const Seen& seen = current->seen[point];
    throw Violation{seen.symptom, "this", "that", seen.waits_for_ever};
  });
  if (current->warns) session.warn({Symptom::kWrongAnswer, "this", "nearly this"});
}

CheckResult judged(const Row& row, bool strict) {
  static constexpr Blame kBlames[] = {{Symptom::kWrongAnswer, "cross-talk"}};
  Check check;
  check.id = "test.verdict";
  check.blames = kBlames;
  check.run = see;
  InProcessTarget target;
  target.name = "correct";
  target.serve = [] { mutants::serve_tiny(mutants::Bug::kNone, 8080); };
  Transcript transcript;
  InProcessSource source(target, InProcessEngine::kSim, 42, transcript);
  const RunOptions options{.profile = find_profile("http"), .seed = 42, .strict = strict};
  current = &row;
  CheckResult result = WorldRunner(source, options).run_one({.check = &check});
  result.check = nullptr;  // it ends here
  return result;
}

TEST(VerdictTable, TheLevelAndWhatWasSeenDecide) {
  for (const Row& row : rows()) {
    const CheckResult result = judged(row, false);
    EXPECT_EQ(result.verdict, row.verdict) << row << ": " << to_string(result.verdict);
    EXPECT_EQ(result.answer, row.answer) << row << ": answer " << to_string(result.answer);
    EXPECT_EQ(result.connection, row.connection)
        << row << ": connection " << to_string(result.connection);
  }
}

TEST(VerdictTable, StrictnessMakesFailuresOfWarningsButNotWhereTheServerMayChoose) {
  for (const Row& row : rows()) {
    const bool fails = row.verdict == kWarn && row.level != kMay;
    const CheckResult result = judged(row, true);
    EXPECT_EQ(result.verdict, fails ? kFail : row.verdict) << row;
    EXPECT_EQ(result.failures.empty(), !is_failure(result.verdict)) << row;
  }
}

TEST(VerdictTable, WhatOnlyWarnsIsNoFailure) {
  for (const Row& row : rows()) {
    const CheckResult result = judged(row, false);
    EXPECT_EQ(result.failures.empty(), !is_failure(row.verdict)) << row;
    const std::size_t seen = row.seen.size() + (row.warns ? 1 : 0);
    EXPECT_EQ(result.failures.size() + result.warnings.size(), seen) << row;
  }
}

}  // namespace
}  // namespace e3
