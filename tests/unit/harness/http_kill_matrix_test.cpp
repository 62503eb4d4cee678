// SPDX-License-Identifier: MIT
// Proof of the HTTP checks: the correct server passes every case, each bug is found under its own
// name, and each case is failed by some bug.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "harness/checks/catalogue.h"
#include "harness/checks/runner.h"
#include "harness/world/engines/in_process_source.h"
#include "http_bug.h"
#include "tiny_server.h"

namespace e3 {
namespace {

using mutants::HttpBug;

std::string name_of(HttpBug bug) {
  for (const mutants::HttpBugName& row : mutants::http_bug_names()) {
    if (row.bug == bug) return std::string(row.name);
  }
  return "unnamed";
}

RunResult run_target(InProcessTarget target, const std::vector<const Check*>& checks) {
  Transcript transcript;
  InProcessSource source(target, InProcessEngine::kSim, 42, transcript);
  RunResult result;
  run_checks(
      checks, source, {.profile = find_profile("http"), .seed = 42},
      [](const Check&, const CheckResult*) {}, result);
  EXPECT_TRUE(result.complete) << target.name << ": " << result.unavailable;
  return result;
}

RunResult run_against(HttpBug bug, const std::vector<const Check*>& checks) {
  InProcessTarget target;
  target.name = name_of(bug);
  target.serve = [bug] { mutants::serve_http_mutant(bug, 8080); };
  return run_target(target, checks);
}

bool is_found(const CheckResult& result) {
  return result.verdict == Verdict::kFail || result.verdict == Verdict::kCrash ||
         result.verdict == Verdict::kTimeout || result.verdict == Verdict::kWarn;
}

std::string why(const CheckResult& result) {
  std::string text = result.id + " " + std::string(to_string(result.verdict)) + " " + result.reason;
  for (const auto* list : {&result.failures, &result.warnings}) {
    for (const Failure& failure : *list) {
      text += ": expected " + failure.violation.expected + "; got " + failure.violation.actual;
    }
  }
  return text;
}

TEST(HttpKillMatrix, TheCorrectServerPassesEveryCase) {
  const RunResult result = run_against(HttpBug::kNone, http_message_checks());
  EXPECT_GE(result.checks.size(), 150U);
  for (const CheckResult& check : result.checks) {
    EXPECT_EQ(check.verdict, Verdict::kPass) << why(check);
  }
}

TEST(HttpKillMatrix, EachCaseIsFailedBySomeBug) {
  std::set<std::string> unproved;
  for (const Check* check : http_message_checks()) {
    for (const CheckCase& each : cases_of(*check)) unproved.insert(id_of(each));
  }
  for (const mutants::HttpBugName& row : mutants::http_bug_names()) {
    for (const CheckResult& check : run_against(row.bug, http_message_checks()).checks) {
      if (is_found(check)) unproved.erase(check.id);
    }
  }
  for (const std::string& id : unproved) ADD_FAILURE() << id << " is failed by no bug";
}

TEST(HttpKillMatrix, NullServersPassNothing) {
  for (const mutants::Bug bug : {mutants::Bug::kNeverAnswers, mutants::Bug::kClosesAtAccept,
                                 mutants::Bug::kAnswers400ToAll}) {
    InProcessTarget target;
    target.name = "a null server";
    target.serve = [bug] { mutants::serve_tiny(bug, 8080); };
    for (const CheckResult& check : run_target(target, http_message_checks()).checks) {
      EXPECT_EQ(check.verdict, Verdict::kInconclusive) << why(check);
    }
  }
}

struct HttpKill {
  HttpBug bug;
  std::string_view case_id;
  std::string_view cause;
};

constexpr HttpKill kKills[] = {
    {HttpBug::kServesMalformed, "http.request-line.version[lower-case]",
     "http-lenient-request-line"},
    {HttpBug::kServesMalformed, "http.request-line.target[not-a-path]", "http-target-handling"},
    {HttpBug::kServesMalformed, "http.host[missing]", "http-host"},
    {HttpBug::kServesMalformed, "http.field.syntax[space-before-colon]", "http-lenient-field"},
    {HttpBug::kServesMalformed, "http.length.number[plus]", "http-lenient-length"},
    {HttpBug::kServesMalformed, "http.chunked.size[0x]", "http-lenient-chunked"},
    {HttpBug::kServesMalformed, "http.other-protocol[tls-hello]", "http-lenient-request-line"},
    {HttpBug::kRefusesUnusual, "http.field.value[case-and-tab]", "http-field-value"},
    {HttpBug::kRefusesUnusual, "http.chunked.valid[trailer]", "http-chunked-unread"},
    {HttpBug::kRefusesUnusual, "http.request-line.target[absolute-form]", "http-target-handling"},
    {HttpBug::kDiesOnUnusual, "http.field.value[100-fields]", "malformed-header-kills"},
    {HttpBug::kDiesOnUnusual, "http.request-line.form[no-target]", "malformed-request-kills"},
    {HttpBug::kHangsOnMalformed, "http.length.number[minus]", "http-malformed-hangs"},
    {HttpBug::kHangsOnMalformed, "http.host[twice]", "http-malformed-hangs"},
    {HttpBug::kServesAfterRefusal, "http.chunked.coding[chunked-not-last]", "http-lenient-chunked"},
    {HttpBug::kServesAfterRefusal, "http.length.twice[different]", "http-lenient-length"},
    {HttpBug::kRefusesInPlainText, "http.answer.framing[refusal]", "http-answer-framing"},
    {HttpBug::kIgnoresClose, "http.connection.close[close]", "http-persistence"},
    {HttpBug::kForgetsPipelined, "http.pipeline[2]", "http-pipeline-lost"},
    {HttpBug::kForgetsPipelined, "http.pipeline.split", "http-pipeline-lost"},
    {HttpBug::kForgetsPipelined, "http.length.valid[five]", "http-body-framing"},
    {HttpBug::kBodyOnHead, "http.answer.to-head", "http-answer-framing"},
    {HttpBug::kChunksToOldClients, "http.answer.to-1.0", "http-answer-framing"},
    {HttpBug::kInterimToOldClients, "http.answer.to-1.0", "http-answer-framing"},
    {HttpBug::kNeverContinues, "http.expect.continue", "http-expectation"},
    {HttpBug::kSwitchesProtocols, "http.upgrade[unknown]", "http-expectation"},
    {HttpBug::kNoDate, "http.answer.date", "http-answer-fields"},
    {HttpBug::kNoContentType, "http.answer.content-type", "http-answer-fields"},
    {HttpBug::kBareStatusLine, "http.answer.framing[1.1]", "http-answer-framing"},
    {HttpBug::kLiesAboutKeepAlive, "http.connection.keep-alive-1.0", "http-persistence"},
    {HttpBug::kReflectsTarget, "http.request-line.target[percent-line-end]",
     "http-target-handling"},
    {HttpBug::kServesShortBodies, "http.length.short[then-end-of-input]", "http-body-framing"},
    {HttpBug::kServesShortBodies, "http.chunked.delimiter[last-chunk-missing]",
     "http-lenient-chunked"},
    {HttpBug::kNeverTimesOut, "http.length.short[then-silence]", "http-doubtful-kept-open"},
    {HttpBug::kResetsMalformed, "http.error-while-sending", "http-error-lost"},
    {HttpBug::kRefusesLongTargets, "http.request-line.target[8000-octets]", "http-target-handling"},
    {HttpBug::kWrapsLengths, "http.length.number[2^64+5]", "http-lenient-length"},
    {HttpBug::kFirstLengthWins, "http.length.twice[different]", "http-lenient-length"},
    {HttpBug::kStopsAfterThree, "http.connection.sequential", "http-persistence"},
    {HttpBug::kDiesOnHugeLength, "http.length.short[gigabyte-announced]", "malformed-header-kills"},
    {HttpBug::kKeepsSilentHalfOpen, "http.other-protocol[nothing]", "halfclose-leak"},
    {HttpBug::kLengthBeatsChunked, "http.chunked.coding[length-first]", "http-lenient-chunked"},
};

TEST(HttpKillMatrix, EachBugIsFoundUnderItsOwnName) {
  for (const HttpKill& kill : kKills) {
    const std::string check_id(kill.case_id.substr(0, kill.case_id.find('[')));
    const Check* check = find_check(check_id);
    ASSERT_NE(check, nullptr) << check_id;
    const RunResult run = run_against(kill.bug, {check});
    const auto result =
        std::find_if(run.checks.begin(), run.checks.end(),
                     [&](const CheckResult& each) { return each.id == kill.case_id; });
    ASSERT_NE(result, run.checks.end()) << kill.case_id;
    bool named = false;
    for (const auto* list : {&result->failures, &result->warnings}) {
      for (const Failure& failure : *list) named = named || failure.cause == kill.cause;
    }
    EXPECT_TRUE(named) << name_of(kill.bug) << " against " << why(*result);
  }
}

TEST(HttpKillMatrix, EachBugIsInTheTable) {
  for (const mutants::HttpBugName& row : mutants::http_bug_names()) {
    EXPECT_TRUE(row.bug == HttpBug::kNone ||
                std::any_of(std::begin(kKills), std::end(kKills),
                            [&](const HttpKill& kill) { return kill.bug == row.bug; }))
        << row.name;
  }
}

}  // namespace
}  // namespace e3
