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

std::string why(const CheckResult& result) {
  std::string text = result.id + " " + std::string(to_string(result.verdict)) + " " + result.reason;
  for (const Failure& failure : result.failures) {
    text += "\n  " + std::string(failure.cause) + " at " + failure.point + ": expected " +
            failure.violation.expected + "; got " + failure.violation.actual;
  }
  return text;
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
  bool sim_only = false;  // only a kernel of our own can make the call fail so
};

constexpr Kill kKills[] = {
    {Bug::kAcceptsOncePerEdge, "accept.burst", "et-listen-single-accept"},
    {Bug::kNeverResumesAccepting, "accept.crowd", "accept-paused-forever"},
    {Bug::kLosesSlots, "accept.aborted", "conn-slot-leak"},
    {Bug::kDiesOfAbortedConnection, "accept.error.connection", "accept-transient-fatal"},
    {Bug::kStopsAtAbortedConnection, "accept.error.connection", "accept-transient-fatal"},
    {Bug::kDiesOfAbortedConnection, "accept.error.interrupted", "accept-transient-fatal"},
    {Bug::kForgetsOutOfDescriptors, "accept.error.shortage", "accept-emfile-lost-edge"},
    {Bug::kDiesOutOfDescriptors, "accept.error.shortage", "accept-emfile-fatal"},
    {Bug::kSpinsOutOfDescriptors, "accept.error.out-of-descriptors", "accept-emfile-spin"},
    {Bug::kForgetsOutOfDescriptors, "accept.error.out-of-descriptors", "accept-emfile-lost-edge"},
    {Bug::kDiesOutOfDescriptors, "accept.error.out-of-descriptors", "accept-emfile-fatal"},
    {Bug::kLeaksUnregistered, "accept.error.not-registered", "register-fail-leak"},
    {Bug::kForgetsBetweenReads, "read.split.every-offset", "split-terminator"},
    {Bug::kForgetsBetweenReads, "read.split.byte-at-a-time", "split-terminator"},
    {Bug::kForgetsBetweenReads, "read.split.random", "split-terminator"},
    {Bug::kAnswersFirstRead, "read.split.every-offset", "early-answer"},
    {Bug::kIgnoresShortWrite, "write.slow-reader.tiny-window", "out-not-armed"},
    {Bug::kNeverWaitsToWrite, "write.slow-reader.stall", "out-not-armed"},
    {Bug::kRetriesFullBuffer, "write.slow-reader.stall", "out-left-armed-spin"},
    {Bug::kRemembersOneRead, "read.split.three-fragments", "split-terminator"},
    {Bug::kWantsTerminatorLast, "read.coalesced", "coalesced-requests"},
    {Bug::kAwaitsMoreAfterFullRead, "read.buffer-edge", "exact-fit-buffer"},
    {Bug::kTakesAnyLength, "read.endless", "unbounded-input"},
    {Bug::kTakesEagainForError, "read.error.would-block", "eagain-as-error"},
    {Bug::kDropsInterruptedRead, "read.error.interrupted", "eintr-io"},
    {Bug::kDiesOfReceiveError, "read.error.failed", "econnreset-kills"},
    {Bug::kDiesOfReceiveError, "close.hangup.reset", "econnreset-kills"},
    {Bug::kTakesFullForError, "write.error.would-block", "eagain-as-error"},
    {Bug::kDropsInterruptedWrite, "write.error.interrupted", "eintr-io"},
    {Bug::kIgnoresShortWrite, "write.error.short", "partial-write-truncated"},
    {Bug::kRepeatsAfterShortWrite, "write.error.short", "writev-advance"},
    {Bug::kDiesOfSendError, "write.error.failed", "econnreset-kills"},
    {Bug::kDiesOfShutdownError, "close.error", "shutdown-enotconn", true},
    {Bug::kClosesAgain, "close.error", "double-close"},
    {Bug::kClosesAtOnce, "close.lingering", "rst-truncates-response"},
    {Bug::kMissesEndAfterShortRead, "close.hangup.end-at-once", "et-short-read-misses-eof"},
    {Bug::kReadsEofForEver, "close.hangup.end-at-once", "eof-spin"},
    {Bug::kSkipsFullBatch, "events.full-batch", "maxevents-truncation"},
    {Bug::kAbandonsBatch, "events.order", "batch-abandoned"},
    {Bug::kReadsOncePerEdge, "read.edge-drain", "et-read-not-drained"},
    {Bug::kReadsOrWrites, "events.both-ways", "in-xor-out"},
    {Bug::kDiesOfInterrupt, "events.interrupted-wait", "eintr-wait"},
    {Bug::kTableOf200, "accept.crowd", "fd-table-overrun"},
    {Bug::kSharesInput, "isolation.interleaved", "cross-talk"},
    {Bug::kBlocksInSend, "isolation.slow-readers", "blocking-conn"},
    {Bug::kBlocksForWholeHead, "isolation.slow-senders", "blocking-conn"},
    {Bug::kNoHeadTime, "time.silent", "header-timeout-missing"},
    {Bug::kNoHeadTime, "time.unfinished", "header-timeout-missing"},
    {Bug::kNoHeadTime, "time.drip", "header-timeout-missing"},
    {Bug::kRenewsHeadTime, "time.drip", "header-timeout-missing"},
    {Bug::kRoundsTimeDown, "time.silent", "timeout-round-down-spin"},
    {Bug::kKillsSlowHeads, "time.slow-sender", "slow-peer-cut-off"},
    {Bug::kNoWriteTime, "time.stalled-reader", "stalled-writer-no-timeout"},
    {Bug::kNeverRenewsWriteTime, "time.slow-reader", "idle-timer-not-reset"},
    {Bug::kTicks, "time.idle", "idle-wakeups"},
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

TEST_P(KillMatrix, TheCorrectServersPassEveryCheckThatTheEngineCanShow) {
  for (const Bug bug : {Bug::kNone, Bug::kEdgeNone}) {
    for (const CheckResult& result : run_against(bug, base_checks()).checks) {
      if (result.verdict == Verdict::kSkip && GetParam() != InProcessEngine::kSim) continue;
      EXPECT_EQ(result.verdict, Verdict::kPass) << name_of(bug) << ": " << why(result);
    }
  }
}

// What is skipped on an engine is skipped for want of something that this engine lacks.
TEST_P(KillMatrix, OnlyWhatTheEngineCannotShowIsSkipped) {
  for (const CheckResult& result : run_against(Bug::kNone, base_checks()).checks) {
    if (result.verdict != Verdict::kSkip) continue;
    const Needs& needs = result.check->needs;
    EXPECT_TRUE(needs.tcp || needs.faults || needs.event_order) << why(result);
  }
}

TEST_P(KillMatrix, EachBugIsFoundUnderItsOwnName) {
  for (const Kill& kill : kKills) {
    if (kill.sim_only && GetParam() != InProcessEngine::kSim) continue;
    const Check* check = find_check(kill.check);
    ASSERT_NE(check, nullptr) << kill.check;
    const RunResult result = run_against(kill.bug, {check});
    ASSERT_EQ(result.checks.size(), 1U) << result.unavailable;
    if (result.checks.front().verdict == Verdict::kSkip && GetParam() != InProcessEngine::kSim) {
      continue;
    }
    std::vector<Failure> failures = result.checks.front().failures;
    const auto& warnings = result.checks.front().warnings;  // of obligations below MUST
    failures.insert(failures.end(), warnings.begin(), warnings.end());
    EXPECT_TRUE(std::any_of(failures.begin(), failures.end(),
                            [&](const Failure& failure) { return failure.cause == kill.cause; }))
        << name_of(kill.bug) << " against " << why(result.checks.front());
  }
}

TEST(KillTable, EachBugIsInIt) {
  for (const mutants::BugName& row : mutants::bug_names()) {
    EXPECT_TRUE(mutants::is_correct(row.bug) || mutants::is_null_server(row.bug) ||
                std::any_of(std::begin(kKills), std::end(kKills),
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

// These are right in the undisturbed exchange.
TEST_P(KillMatrix, ServersThatAreRightByChancePassNothing) {
  for (const Bug bug : {Bug::kAnswersFirstRead, Bug::kAnswersOnceThenHangs}) {
    for (const CheckResult& result : run_against(bug, base_checks()).checks) {
      EXPECT_NE(result.verdict, Verdict::kPass) << name_of(bug) << " " << result.check->id;
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
