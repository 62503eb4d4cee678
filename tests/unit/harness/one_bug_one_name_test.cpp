// SPDX-License-Identifier: MIT
// A bug that one check names is not named otherwise by a check that merely runs into it.
#include <gtest/gtest.h>

#include <string>

#include "harness/checks/catalogue.h"
#include "harness/mutants/http_bug.h"
#include "harness/mutants/tiny_server.h"
#include "run_in_process.h"

namespace e3 {
namespace {

TEST(OneBugOneName, WhoLosesPipelinedRequestsMayReadBodiesRightly) {
  const RunResult result =
      run_in_process([] { mutants::serve_http_mutant(mutants::HttpBug::kForgetsPipelined, 8080); },
                     {find_check("http.length.valid"), find_check("http.chunked.valid"),
                      find_check("http.pipeline")});
  for (const CheckResult& check : result.checks) {
    const bool told_here = check.id.starts_with("http.pipeline");
    EXPECT_EQ(check.verdict == Verdict::kPass, !told_here) << check.id;
  }
}

TEST(OneBugOneName, WhoMissesASplitEndMixesUpNobody) {
  const RunResult result =
      run_in_process([] { mutants::serve_tiny(mutants::Bug::kForgetsBetweenReads, 8080); },
                     {find_check("isolation.interleaved"), find_check("read.split.every-offset")});
  EXPECT_EQ(result.checks.at(0).verdict, Verdict::kSkip);
  EXPECT_NE(result.checks.at(0).reason.find("read.split"), std::string::npos);
  EXPECT_NE(result.checks.at(1).verdict, Verdict::kPass);
}

// The checks of failing calls send a request in two pieces.
TEST(OneBugOneName, ACallThatFailsIsNotBlamedForWhatGoesWrongWithoutIt) {
  const RunResult result =
      run_in_process([] { mutants::serve_tiny(mutants::Bug::kForgetsBetweenReads, 8080); },
                     {find_check("read.error.would-block"), find_check("write.error.short")});
  for (const CheckResult& check : result.checks) {
    EXPECT_EQ(check.verdict, Verdict::kFail) << check.id;
    ASSERT_FALSE(check.failures.empty()) << check.id;
    EXPECT_TRUE(check.failures.front().point.ends_with(", and without that too"));
    EXPECT_EQ(check.failures.front().cause, usual_cause_of(Symptom::kNoAnswer));
  }
}

}  // namespace
}  // namespace e3
