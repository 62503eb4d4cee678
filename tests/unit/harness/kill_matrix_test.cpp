// SPDX-License-Identifier: MIT
// Proof of the checks: the correct server passes all, each bug is found by the check that is meant
// to find it and under its own name, and null servers pass nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "harness/checks/catalogue.h"
#include "harness/checks/runner.h"
#include "harness/world/engines/in_process_source.h"
#include "tiny_server.h"

namespace e3 {
namespace {

using mutants::Bug;

std::string name_of(Bug bug) {
  for (const mutants::BugName& row : mutants::bug_names()) {
    if (row.bug == bug) return std::string(row.name);
  }
  return "unnamed";
}

constexpr InProcessEngine kEngines[] = {InProcessEngine::kSim, InProcessEngine::kSocketpair,
                                        InProcessEngine::kTcp};

class KillMatrix : public ::testing::TestWithParam<InProcessEngine> {
 protected:
  RunResult run_against(Bug bug, const std::vector<const Check*>& checks);
};

RunResult KillMatrix::run_against(Bug bug, const std::vector<const Check*>& checks) {
  InProcessTarget target;
  target.name = name_of(bug);
  target.serve = [bug] { mutants::serve_tiny(bug, 8080); };
  Transcript transcript;
  InProcessSource source(target, GetParam(), 42, transcript);
  RunResult result;
  run_checks(
      checks, source, {.profile = find_profile("http"), .seed = 42},
      [](const Check&, const CheckResult*) {}, result);
  return result;
}

struct Kill {
  Bug bug;
  std::string_view check;
  std::string_view cause;
};

constexpr Kill kKills[] = {
    {Bug::kAcceptsOncePerEdge, "accept.burst", "et-listen-single-accept"},
    {Bug::kForgetsBetweenReads, "read.split.every-offset", "split-terminator"},
    {Bug::kForgetsBetweenReads, "read.split.byte-at-a-time", "split-terminator"},
    {Bug::kForgetsBetweenReads, "read.split.random", "split-terminator"},
    {Bug::kAnswersFirstRead, "read.split.every-offset", "early-answer"},
    {Bug::kIgnoresShortWrite, "write.slow-reader.tiny-window", "out-not-armed"},
    {Bug::kNeverWaitsToWrite, "write.slow-reader.stall", "out-not-armed"},
    {Bug::kRetriesFullBuffer, "write.slow-reader.stall", "out-left-armed-spin"},
    {Bug::kReadsEofForEver, "close.hangup.fin", "eof-spin"},
    {Bug::kDropsAnswerAtHalfClose, "close.hangup.half-close-at-once", "halfclose-drops-response"},
    {Bug::kKeepsHalfOpen, "close.hangup.half-close", "halfclose-leak"},
    {Bug::kLeaksOnAbruptClose, "close.hangup.during-answer", "fd-leak-error-path"},
    {Bug::kIgnoresHangup, "close.hangup.during-answer", "hup-err-ignored-spin"},
    {Bug::kIgnoresHangup, "close.hangup.reset", "hup-err-ignored-spin"},
    {Bug::kIgnoresHangup, "close.hangup.reset-in-queue", "hup-err-ignored-spin"},
    {Bug::kRaisesSigpipe, "close.hangup.gone-before-answer", "sigpipe-death"},
    {Bug::kLeaksOnAbruptClose, "close.hangup.unread", "fd-leak-error-path"},
    {Bug::kClosesTwice, "close.hangup.during-answer", "double-close"},
    {Bug::kDiesWithoutTarget, "http.malformed.request-line", "malformed-request-kills"},
    {Bug::kDiesOnBinary, "http.malformed.bytes", "nul-and-binary"},
    {Bug::kDiesWithoutColon, "http.malformed.header", "malformed-header-kills"},
    {Bug::kCountsCharacters, "http.content-length", "length-chars-vs-bytes"},
};

TEST_P(KillMatrix, TheCorrectServerPassesEveryCheckThatTheEngineCanShow) {
  for (const CheckResult& result : run_against(Bug::kNone, base_checks()).checks) {
    const bool shown = GetParam() != InProcessEngine::kSocketpair || !result.check->needs.tcp;
    const Verdict wanted = shown ? Verdict::kPass : Verdict::kSkip;
    EXPECT_EQ(result.verdict, wanted) << result.check->id << ": " << result.reason;
  }
}

TEST_P(KillMatrix, EachBugIsFoundUnderItsOwnName) {
  for (const Kill& kill : kKills) {
    const Check* check = find_check(kill.check);
    ASSERT_NE(check, nullptr) << kill.check;
    if (check->needs.tcp && GetParam() == InProcessEngine::kSocketpair) continue;
    const RunResult result = run_against(kill.bug, {check});
    ASSERT_EQ(result.checks.size(), 1U) << result.unavailable;
    const auto& failures = result.checks.front().failures;
    EXPECT_TRUE(std::any_of(failures.begin(), failures.end(),
                            [&](const Failure& failure) { return failure.cause == kill.cause; }))
        << name_of(kill.bug) << " against " << kill.check << ": "
        << (failures.empty() ? "no failure" : std::string(failures.front().cause));
  }
}

TEST(KillTable, EachBugIsInIt) {
  for (const mutants::BugName& row : mutants::bug_names()) {
    const bool null_server = row.bug <= Bug::kAnswers400ToAll;
    EXPECT_TRUE(null_server || std::any_of(std::begin(kKills), std::end(kKills),
                                           [&](const Kill& kill) { return kill.bug == row.bug; }))
        << row.name;
  }
}

TEST(KillTable, EachCheckIsInIt) {
  for (const Check* check : base_checks()) {
    EXPECT_TRUE(std::any_of(std::begin(kKills), std::end(kKills), [&](const Kill& kill) {
      return kill.check == check->id;
    })) << check->id;
  }
}

TEST_P(KillMatrix, NullServersPassNothing) {
  for (const Bug bug : {Bug::kNeverAnswers, Bug::kClosesAtAccept, Bug::kAnswers400ToAll}) {
    for (const CheckResult& result : run_against(bug, base_checks()).checks) {
      if (result.verdict == Verdict::kSkip) continue;
      EXPECT_EQ(result.verdict, Verdict::kInconclusive) << name_of(bug) << " " << result.check->id;
    }
  }
}

TEST_P(KillMatrix, TheSameSeedGivesTheSameTranscript) {
  // Real TCP tunes its buffers by the time that passes: how much a full one takes does not repeat.
  if (GetParam() == InProcessEngine::kTcp) GTEST_SKIP() << "what real buffers hold differs";
  const std::uint64_t once = run_against(Bug::kNone, base_checks()).transcript_hash;
  EXPECT_EQ(run_against(Bug::kNone, base_checks()).transcript_hash, once);
}

INSTANTIATE_TEST_SUITE_P(Engines, KillMatrix, ::testing::ValuesIn(kEngines),
                         [](const auto& engine) { return std::string(to_string(engine.param)); });

}  // namespace
}  // namespace e3
