// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>

#include "harness/report/escape.h"
#include "harness/report/report.h"

namespace e3::report {

Counts count(const std::vector<CheckResult>& checks) {
  Counts counts;
  for (const CheckResult& check : checks) {
    ++counts.total;
    switch (check.verdict) {
      case Verdict::kPass:
        ++counts.passed;
        break;
      case Verdict::kWarn:
        ++counts.warned;
        break;
      case Verdict::kExpectedFail:
        ++counts.expected;
        break;
      case Verdict::kFail:
      case Verdict::kCrash:
      case Verdict::kTimeout:
      case Verdict::kUnexpectedPass:
        ++counts.failed;
        break;
      case Verdict::kInconclusive:
        ++counts.inconclusive;
        break;
      case Verdict::kError:
        ++counts.errors;
        break;
      case Verdict::kSkip:
      case Verdict::kNotApplicable:
        ++counts.skipped;
        break;
    }
  }
  return counts;
}

Outcome outcome_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
    case Verdict::kWarn:
      return Outcome::kPassed;
    case Verdict::kFail:
    case Verdict::kCrash:
    case Verdict::kTimeout:
    case Verdict::kUnexpectedPass:
      return Outcome::kFailed;
    case Verdict::kExpectedFail:
    case Verdict::kSkip:
    case Verdict::kNotApplicable:
      return Outcome::kSkipped;
    case Verdict::kInconclusive:
    case Verdict::kError:
      return Outcome::kError;
  }
  return Outcome::kError;
}

std::vector<CauseSummary> causes_met(const RunResult& result) {
  std::vector<CauseSummary> met;
  for (const CheckResult& check : result.checks) {
    for (const Failure& failure : check.failures) {
      auto cause = std::find_if(met.begin(), met.end(),
                                [&](const CauseSummary& c) { return c.slug == failure.cause; });
      if (cause == met.end()) cause = met.insert(met.end(), {failure.cause, {}});
      if (cause->checks.empty() || cause->checks.back() != check.id) {
        cause->checks.push_back(check.id);
      }
    }
  }
  return met;
}

std::string_view family_of(std::string_view id) { return id.substr(0, id.find('.')); }

std::vector<std::string_view> families_met(const RunResult& result) {
  std::vector<std::string_view> met;
  for (const CheckResult& check : result.checks) {
    const std::string_view family = family_of(check.id);
    if (std::find(met.begin(), met.end(), family) == met.end()) met.push_back(family);
  }
  return met;
}

std::string headline(const CheckResult& check) {
  const bool warned = check.verdict == Verdict::kWarn;
  const std::vector<Failure>& seen = warned ? check.warnings : check.failures;
  if (seen.empty()) return check.reason;
  const Failure& first = seen.front();
  std::string text = fmt::format("{} at {}: expected {}; got {}", first.cause, first.point,
                                 first.violation.expected, first.violation.actual);
  if (!check.reason.empty()) text = fmt::format("{} ({})", text, check.reason);
  return text;
}

std::string explanation(const RunResult& run, const CheckResult& check) {
  std::string text = fmt::format("when: {}\nmust: {}\nbecause: {}\n", check.check->when,
                                 check.check->must, check.check->because);
  if (!check.reason.empty()) text += fmt::format("reason: {}\n", check.reason);
  for (const std::vector<Failure>* list : {&check.failures, &check.warnings}) {
    for (const Failure& failure : *list) {
      text += fmt::format("\n{}: {}\n  expected: {}\n  actual:   {}\n", failure.point,
                          failure.cause, failure.violation.expected, failure.violation.actual);
    }
  }
  if (!check.failures.empty()) {
    text += "\ntranscript of the first:\n";
    for (const std::string& line : check.failures.front().transcript) text += line + "\n";
  }
  return text + fmt::format("\nReproduce: {}\n", replay_command(run, check));
}

std::string replay_command(const RunResult& result, const CheckResult& check) {
  return fmt::format("{} run {} --profile {} --seed {}{}", result.program, shell_word(check.id),
                     shell_word(result.profile), result.seed, result.target_arguments);
}

}  // namespace e3::report
