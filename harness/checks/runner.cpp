// SPDX-License-Identifier: MIT
#include "harness/checks/runner.h"

#include <utility>

#include "harness/checks/expectations.h"
#include "harness/checks/world_runner.h"
#include "harness/world/interrupt.h"

namespace e3 {
namespace {

using Clock = std::chrono::steady_clock;

// From here on the check has failed, for the console and for every report.
void fail_for_warning(CheckResult& check) {
  check.verdict = Verdict::kFail;
  check.failures = std::move(check.warnings);
  check.warnings.clear();
}

}  // namespace

bool fails_the_run(const CheckResult& check, const RunOptions& options) {
  if (check.verdict == Verdict::kUnexpectedPass) return options.xpass_fails;
  return is_failure(check.verdict);
}

void run_cases(const std::vector<CheckCase>& cases, CaseRunner& runner, const RunOptions& options,
               const Observer& observer, RunResult& result) {
  const auto began = Clock::now();
  std::size_t failures = 0;
  try {
    for (const CheckCase& which : cases) {
      throw_if_interrupted();
      observer(*which.check, nullptr);
      const auto case_began = Clock::now();
      CheckResult one = runner.run_one(which);
      one.duration = Clock::now() - case_began;
      one.observed = one.verdict;
      if (options.expectations != nullptr) options.expectations->apply(one, options.today);
      if (options.fail_on_warning && one.verdict == Verdict::kWarn) fail_for_warning(one);
      EngineFacts facts = runner.facts();
      result.transcript_hash = facts.transcript_hash;
      result.engine = std::move(facts.engine);
      result.remarks = std::move(facts.remarks);
      result.transcript_repeats = facts.transcript_repeats;
      result.duration = Clock::now() - began;
      result.checks.push_back(std::move(one));
      observer(*which.check, &result.checks.back());
      const bool failed = fails_the_run(result.checks.back(), options);
      if (failed && ++failures == options.max_failures) return;
    }
    result.complete = true;
  } catch (const TargetUnavailable& gone) {
    result.unavailable = gone.what();
  }
  result.duration = Clock::now() - began;
}

void run_cases(const std::vector<CheckCase>& cases, WorldSource& source, const RunOptions& options,
               const Observer& observer, RunResult& result) {
  WorldRunner runner(source, options);
  run_cases(cases, runner, options, observer, result);
}

void run_checks(const std::vector<const Check*>& checks, WorldSource& source,
                const RunOptions& options, const Observer& observer, RunResult& result) {
  std::vector<CheckCase> cases;
  for (const Check* check : checks) {
    const std::vector<CheckCase> more = cases_of(*check);
    cases.insert(cases.end(), more.begin(), more.end());
  }
  run_cases(cases, source, options, observer, result);
}

}  // namespace e3
