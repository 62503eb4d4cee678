// SPDX-License-Identifier: MIT
// Pages that say what the code says: each is made anew and compared. E3_UPDATE_PAGES=1 in the
// environment writes them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "harness/checks/catalogue.h"
#include "harness/checks/runner.h"
#include "harness/mutants/tiny_server.h"
#include "run_in_process.h"

namespace e3 {
namespace {

constexpr std::string_view kHowToUpdate =
    "<!-- Generated: E3_UPDATE_PAGES=1 harness_test --gtest_filter='GeneratedPages.*' -->\n\n";

void expect_page(const std::string& path, const std::string& text) {
  const std::string file = std::string(E3_SOURCE_DIR) + "/" + path;
  if (std::getenv("E3_UPDATE_PAGES") != nullptr) std::ofstream(file) << text;
  std::ostringstream kept;
  kept << std::ifstream(file).rdbuf();
  EXPECT_TRUE(kept.str() == text) << path << " is out of date: run with E3_UPDATE_PAGES=1";
}

std::string needs_of(const Needs& needs) {
  std::string text;
  const auto add = [&](bool needed, std::string_view what) {
    if (needed) text.append(text.empty() ? "" : ", ").append(what);
  };
  add(needs.tcp, "TCP");
  add(needs.http, "HTTP");
  add(needs.faults, "failing calls");
  add(needs.process, "a program");
  add(needs.event_order, "a choice of events");
  add(needs.virtual_time, "virtual time");
  return text;
}

std::string names_of_variants(const Check& check) {
  if (check.variant_count == 0) return {};
  std::string text = " (";
  for (std::size_t i = 0; i < check.variant_count; ++i) {
    text.append(i == 0 ? "" : ", ").append(check.variant(i).name);
  }
  return text + ")";
}

TEST(GeneratedPages, TheListOfChecks) {
  std::string page = "# The checks\n\n";
  page.append(kHowToUpdate);
  page +=
      "What the peers do, and what the server owes. `e3 explain ID` adds why, where others had "
      "the bug, and the\nusual fix. *Needs*: an engine that lacks it skips the check.\n";
  std::string family;
  for (const Check* check : all_checks()) {
    const std::string its_family(check->id.substr(0, check->id.find('.')));
    if (its_family != family) {
      family = its_family;
      page += "\n## " + family + "\n\n| id | when | " +
              "must | level | needs |\n|---|---|---|---|---|\n";
    }
    page.append("| `").append(check->id).append("`").append(names_of_variants(*check));
    page.append(" | ").append(check->when).append(" | ").append(check->must).append(" | ");
    page.append(check->variant_count == 0 ? to_string(check->level) : "by variant");
    page.append(" | ").append(needs_of(check->needs)).append(" |\n");
  }
  expect_page("harness/checks/README.md", page);
}

// "accept.burst: et-listen-single-accept", for each check that the mutant fails; a check that only
// warns is told apart.
std::map<std::string, std::string> kills_of(mutants::Bug bug) {
  const RunResult result = run_in_process([bug] { mutants::serve_tiny(bug, 8080); }, base_checks());
  std::map<std::string, std::string> kills;
  for (const CheckResult& check : result.checks) {
    const std::string warned = check.id + " (warns)";
    for (const Failure& failure : check.failures) kills.emplace(check.id, failure.cause);
    if (is_failure(check.verdict)) continue;
    for (const Failure& warning : check.warnings) kills.emplace(warned, warning.cause);
  }
  return kills;
}

TEST(GeneratedPages, TheKillMatrix) {
  std::string page = "# Which check finds which bug\n\n";
  page.append(kHowToUpdate);
  page +=
      "Each row is a server with one bug ([tiny_server.h](tiny_server.h)); behind it the checks "
      "that it does not pass on\nthe simulated kernel, by the cause that they name. "
      "`tests/unit/harness/kill_matrix_test.cpp` demands those that\nmust be there, on every "
      "engine; `http_kill_matrix_test.cpp` does it for HTTP messages.\n\n"
      "| bug | cause: checks |\n|---|---|\n";
  for (const mutants::BugName& row : mutants::bug_names()) {
    if (mutants::is_null_server(row.bug) && row.bug != mutants::Bug::kAnswersFirstRead) continue;
    std::map<std::string, std::string> by_cause;
    for (const auto& [check, cause] : kills_of(row.bug)) {
      std::string& checks = by_cause[cause];
      checks.append(checks.empty() ? "" : ", ").append(check);
    }
    page.append("| ").append(row.name).append(" | ");
    std::string separator;
    for (const auto& [cause, checks] : by_cause) {
      page.append(separator).append("**").append(cause).append("**: ").append(checks);
      separator = "; ";
    }
    page.append(by_cause.empty() ? "(correct: passes all) |\n" : " |\n");
  }
  expect_page("harness/mutants/KILL_MATRIX.md", page);
}

}  // namespace
}  // namespace e3
