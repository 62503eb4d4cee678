// SPDX-License-Identifier: MIT
#include "harness/checks/expectations.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/checks/toml_table.h"

namespace e3 {
namespace {

constexpr std::string_view kFile = R"(
[[expect]]
id = "http.host[missing]"
verdict = "FAIL"
reason = "serves \"anybody\""
issue = "https://example.com/1"
expires = 2026-12-31

[[expect]]
id = "read.*"
verdict = "TIMEOUT"
reason = "never fixed"
)";

CheckResult result_of(std::string id, Verdict verdict) {
  CheckResult result;
  result.id = std::move(id);
  result.verdict = result.observed = verdict;
  return result;
}

struct Row {
  std::string_view id;
  Verdict verdict;
  std::string_view today;
  Verdict wanted;
};

constexpr Row kRows[] = {
    {"http.host[missing]", Verdict::kFail, "2026-12-31", Verdict::kExpectedFail},
    {"http.host[missing]", Verdict::kFail, "2027-01-01", Verdict::kFail},
    {"http.host[missing]", Verdict::kCrash, "2026-12-31", Verdict::kCrash},
    {"http.host[missing]", Verdict::kPass, "2026-12-31", Verdict::kUnexpectedPass},
    {"http.host[missing]", Verdict::kPass, "2027-01-01", Verdict::kPass},
    {"http.host[twice]", Verdict::kFail, "2026-12-31", Verdict::kFail},
    {"read.split.random", Verdict::kTimeout, "2099-01-01", Verdict::kExpectedFail},
    {"read.split.random", Verdict::kSkip, "2026-01-01", Verdict::kSkip},
    {"read.split.random", Verdict::kNotApplicable, "2026-01-01", Verdict::kNotApplicable},
};

TEST(Expectations, TurnVerdictsIntoExpectedOnesAndStrictlyOnlyThose) {
  const Expectations expectations = Expectations::parse(kFile, "e.toml");
  for (const Row& row : kRows) {
    CheckResult result = result_of(std::string(row.id), row.verdict);
    expectations.apply(result, row.today);
    EXPECT_EQ(result.verdict, row.wanted) << row.id << " " << row.today;
    EXPECT_EQ(result.observed, row.verdict);
  }
}

TEST(Expectations, TheReasonAndTheIssueAreInTheResult) {
  CheckResult result = result_of("http.host[missing]", Verdict::kFail);
  Expectations::parse(kFile, "e.toml").apply(result, "2026-01-01");
  EXPECT_EQ(result.reason, "FAIL as expected: serves \"anybody\", https://example.com/1");
}

TEST(Expectations, AnUpdateKeepsReasonsDropsWhatPassesAndAddsWhatIsNew) {
  RunResult run;
  run.checks.push_back(result_of("http.host[missing]", Verdict::kPass));
  run.checks.push_back(result_of("read.split.random", Verdict::kTimeout));
  run.checks.push_back(result_of("accept.burst", Verdict::kWarn));
  run.checks.back().reason = "line \"one\"\nline two";
  run.checks.push_back(result_of("write.all", Verdict::kSkip));
  const std::string text = Expectations::parse(kFile, "e.toml").updated(run);
  const Expectations updated = Expectations::parse(text, "updated.toml");
  ASSERT_EQ(updated.entries().size(), 2U) << text;
  EXPECT_EQ(updated.entries()[0].id, "read.*");
  EXPECT_EQ(updated.entries()[0].reason, "never fixed");
  EXPECT_EQ(updated.entries()[1].id, "accept.burst");
  EXPECT_EQ(updated.entries()[1].verdict, Verdict::kWarn);
  EXPECT_NE(updated.entries()[1].reason.find("line \"one\"\nline two"), std::string::npos);
  EXPECT_EQ(Expectations::parse(text, "again.toml").updated(run), text);
}

TEST(Expectations, AFileWithoutReasonsOrWithTypingErrorsIsRefused) {
  for (const std::string_view text :
       {"[[expect]]\nid = \"read.*\"\n", "[[expect]]\nreason = \"b\"\n", "[[expct]]\n",
        "[[expect]]\nid = \"read.*\"\nreason = \"b\"\nverdict = \"PASS\"\n",
        "[[expect]]\nid = \"read.*\"\nreason = \"b\"\nexpires = \"soon\"\n",
        "[[expect]]\nid = \"read.*\"\nreason = \"b\"\nurl = \"c\"\n",
        "[[expect]]\nid = \"read.*\"\nreason = \"b\"\n[[expect]]\nid = \"raed\"\nreason = "
        "\"b\"\n"}) {
    EXPECT_THROW(Expectations::parse(text, "e.toml"), ConfigurationError) << text;
  }
}

}  // namespace
}  // namespace e3
