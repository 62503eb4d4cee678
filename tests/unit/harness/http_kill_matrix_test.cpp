// SPDX-License-Identifier: MIT
// Proof of the HTTP checks: each case is failed by some bug. kill_matrix_test.cpp shows that the
// correct server passes all, and that each bug is found under its own name.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/checks/catalogue.h"
#include "harness/checks/runner.h"
#include "harness/mutants/http_bug.h"
#include "run_in_process.h"

namespace e3 {
namespace {

using mutants::HttpBug;

std::string name_of(HttpBug bug) {
  for (const mutants::HttpBugName& row : mutants::http_bug_names()) {
    if (row.bug == bug) return std::string(row.name);
  }
  return "unnamed";
}

RunResult run_against(HttpBug bug) {
  RunResult result =
      run_in_process([bug] { mutants::serve_http_mutant(bug, 8080); }, http_message_checks());
  EXPECT_TRUE(result.complete) << name_of(bug) << ": " << result.unavailable;
  return result;
}

// No more than a warning is due where no standard demands more; where one does, it finds nothing.
bool is_found(const CheckResult& result) {
  const bool warned = result.verdict == Verdict::kWarn && result.level != Level::kMust;
  return warned || result.verdict == Verdict::kFail || result.verdict == Verdict::kCrash ||
         result.verdict == Verdict::kTimeout;
}

TEST(HttpKillMatrix, ThereAreManyCases) {
  std::size_t cases = 0;
  for (const Check* check : http_message_checks()) cases += cases_of(*check).size();
  EXPECT_GE(cases, 150U);
}

TEST(HttpKillMatrix, EachCaseIsFailedBySomeBug) {
  std::set<std::string> unproved;
  for (const Check* check : http_message_checks()) {
    for (const CheckCase& each : cases_of(*check)) unproved.insert(id_of(each));
  }
  for (const mutants::HttpBugName& row : mutants::http_bug_names()) {
    for (const CheckResult& check : run_against(row.bug).checks) {
      if (is_found(check)) unproved.erase(check.id);
    }
  }
  for (const std::string& id : unproved) ADD_FAILURE() << id << " is failed by no bug";
}

}  // namespace
}  // namespace e3
