// SPDX-License-Identifier: MIT
#include "harness/checks/expectations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

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

constexpr std::string_view kToday = "2026-06-01";

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
  const std::string text = Expectations::parse(kFile, "e.toml").updated(run, kToday);
  const Expectations updated = Expectations::parse(text, "updated.toml");
  ASSERT_EQ(updated.entries().size(), 2U) << text;
  EXPECT_EQ(updated.entries()[0].id, "read.*");
  EXPECT_EQ(updated.entries()[0].reason, "never fixed");
  EXPECT_EQ(updated.entries()[1].id, "accept.burst");
  EXPECT_EQ(updated.entries()[1].verdict, Verdict::kWarn);
  EXPECT_NE(updated.entries()[1].reason.find("line \"one\"\nline two"), std::string::npos);
  EXPECT_EQ(Expectations::parse(text, "again.toml").updated(run, kToday), text);
}

// An entry, its `id` and `more` lines given.
std::string entry(const std::string& id, const std::string& more = "") {
  return "[[expect]]\nid = \"" + id + "\"\nverdict = \"FAIL\"\nreason = \"of " + id + "\"\n" + more;
}

// What the same run comes to under the file that it has written.
std::vector<Verdict> verdicts_under_update(const std::string& file, const RunResult& run) {
  const std::string text = Expectations::parse(file, "e.toml").updated(run, kToday);
  const Expectations updated = Expectations::parse(text, "updated.toml");
  std::vector<Verdict> verdicts;
  for (CheckResult check : run.checks) {
    updated.apply(check, kToday);
    verdicts.push_back(check.verdict);
  }
  return verdicts;
}

TEST(Expectations, TheMostSpecificEntryWins) {
  const std::string file = entry("read.split") + entry("read.*") + entry("read.split.random") +
                           entry("*.random") + entry("read");
  for (const auto& [id, wanted] :
       std::map<std::string, std::string>{{"read.split.random", "read.split.random"},
                                          {"read.split.every-offset", "read.split"},
                                          {"read.coalesced", "read.*"}}) {
    CheckResult check = result_of(id, Verdict::kFail);
    Expectations::parse(file, "e.toml").apply(check, kToday);
    EXPECT_EQ(check.reason, "FAIL as expected: of " + wanted);
  }
}

TEST(Expectations, AfterAnUpdateTheSameRunIsAsExpected) {
  RunResult run;
  run.checks.push_back(result_of("read.split.random", Verdict::kFail));
  run.checks.push_back(result_of("read.split.every-offset", Verdict::kPass));
  run.checks.push_back(result_of("read.coalesced", Verdict::kCrash));
  const std::vector<Verdict> wanted{Verdict::kExpectedFail, Verdict::kPass, Verdict::kExpectedFail};
  const std::string expired = "expires = 2020-01-01\n";
  for (const std::string& file :
       {std::string(), entry("read.*"), entry("read.split"), entry("read", expired),
        entry("read.split.random", expired), entry("read.coalesced") + entry("*"),
        entry("read.split.byte-at-a-time", expired) + entry("read.split")}) {
    EXPECT_EQ(verdicts_under_update(file, run), wanted) << file;
  }
}

TEST(Expectations, AnUpdateKeepsWhatIsKnownOfCasesThatAGlobNoLongerHoldsFor) {
  RunResult run;
  run.checks.push_back(result_of("read.split.random", Verdict::kFail));
  run.checks.push_back(result_of("read.split.every-offset", Verdict::kPass));
  const std::string text = Expectations::parse(entry("read.split"), "e.toml").updated(run, kToday);
  std::vector<std::string> ids;
  const Expectations updated = Expectations::parse(text, "u.toml");
  for (const Expectation& each : updated.entries()) {
    ids.push_back(each.id);
    EXPECT_EQ(each.reason, "of read.split");
  }
  EXPECT_NE(std::find(ids.begin(), ids.end(), "read.split.random"), ids.end());
  EXPECT_NE(std::find(ids.begin(), ids.end(), "read.split.byte-at-a-time"), ids.end());
  EXPECT_EQ(std::find(ids.begin(), ids.end(), "read.split.every-offset"), ids.end());
}

TEST(Expectations, AReasonMayQuoteAnyBytes) {
  RunResult run;
  run.checks.push_back(result_of("accept.burst", Verdict::kFail));
  run.checks.back().reason = "\xff\xc3\x28 \x1b[31m \x7f \xe2\x80\xae";
  const std::string text = Expectations().updated(run, kToday);
  EXPECT_EQ(Expectations::parse(text, "e.toml").entries().size(), 1U) << text;
}

TEST(Expectations, AnIdIsListedOnce) {
  EXPECT_THROW(Expectations::parse(entry("read") + entry("read"), "e.toml"), ConfigurationError);
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
