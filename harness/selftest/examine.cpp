// SPDX-License-Identifier: MIT
#include "harness/selftest/examine.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/checks/catalogue.h"
#include "harness/checks/runner.h"

namespace e3::selftest {
namespace {

bool is_excluded(const std::string& id, const ExamineOptions& options) {
  return std::any_of(options.exclude.begin(), options.exclude.end(),
                     [&](const std::string& word) { return selects(word, id); });
}

bool must_find(const Specimen& specimen, const std::string& id) {
  return std::any_of(specimen.kills.begin(), specimen.kills.end(),
                     [&](const Kill& kill) { return kill.case_id == id; });
}

std::vector<CheckCase> cases_for(const Specimen& specimen, const ExamineOptions& options) {
  std::vector<CheckCase> cases;
  for (const Check* check : specimen.checks()) {
    for (const CheckCase& each : cases_of(*check)) {
      const std::string id = id_of(each);
      const bool wanted = specimen.kind != Kind::kMutant || must_find(specimen, id);
      if (wanted && !is_excluded(id, options)) cases.push_back(each);
    }
  }
  return cases;
}

RunResult run(const Specimen& specimen, const ExamineOptions& options) {
  InProcessTarget target;
  target.name = specimen.name;
  target.serve = specimen.serve;
  Transcript transcript;
  InProcessSource source(target, options.engine, options.seed, transcript);
  RunResult result;
  run_cases(
      cases_for(specimen, options), source, {.profile = find_profile("http"), .seed = options.seed},
      [](const Check&, const CheckResult*) {}, result);
  return result;
}

// sim can show everything; the other engines lack what some checks need.
bool is_rightly_skipped(const CheckResult& result, const ExamineOptions& options) {
  const Needs& needs = result.check->needs;
  return result.verdict == Verdict::kSkip && options.engine != InProcessEngine::kSim &&
         (needs.tcp || needs.faults || needs.event_order);
}

bool names(const CheckResult& result, std::string_view cause) {
  const auto is_it = [&](const Failure& failure) { return failure.cause == cause; };
  return std::any_of(result.failures.begin(), result.failures.end(), is_it) ||
         std::any_of(result.warnings.begin(), result.warnings.end(), is_it);
}

// "PASS", or "FAIL for another cause".
std::string verdict_besides(const CheckResult& result) {
  const auto& seen = result.failures.empty() ? result.warnings : result.failures;
  const std::string verdict(to_string(result.verdict));
  return seen.empty() ? verdict : fmt::format("{} by {}", verdict, seen.front().cause);
}

void look_for(const Kill& kill, const RunResult& run, const ExamineOptions& options,
              Finding& finding) {
  const std::string id(kill.case_id);
  const auto result = std::find_if(run.checks.begin(), run.checks.end(),
                                   [&](const CheckResult& each) { return each.id == id; });
  if (kill.sim_only && options.engine != InProcessEngine::kSim) {
    finding.not_shown.push_back(id);
  } else if (result == run.checks.end()) {
    finding.wrong.push_back(fmt::format("{} was not run", id));
  } else if (is_rightly_skipped(*result, options)) {
    finding.not_shown.push_back(id);
  } else if (names(*result, kill.cause)) {
    finding.found[std::string(kill.cause)].push_back(id);
  } else {
    finding.wrong.push_back(
        fmt::format("{} says {}, not {}", id, verdict_besides(*result), kill.cause));
  }
}

void judge_all(const Specimen& specimen, const RunResult& run, const ExamineOptions& options,
               Finding& finding) {
  for (const CheckResult& result : run.checks) {
    const bool passes = result.verdict == Verdict::kPass;
    if (is_rightly_skipped(result, options)) {
      finding.not_shown.push_back(result.id);
    } else if (passes == (specimen.kind == Kind::kNull)) {
      finding.wrong.push_back(fmt::format("{} says {}", result.id, verdict_besides(result)));
    }
  }
}

}  // namespace

Finding examine(const Specimen& specimen, const ExamineOptions& options) {
  const RunResult result = run(specimen, options);
  Finding finding;
  finding.run = result.checks.size();
  if (!result.unavailable.empty()) finding.wrong.push_back(result.unavailable);
  for (const Kill& kill : specimen.kills) look_for(kill, result, options, finding);
  if (specimen.kind != Kind::kMutant) judge_all(specimen, result, options, finding);
  const bool nothing = finding.found.empty() && specimen.kind == Kind::kMutant;
  if (nothing && finding.is_right() && finding.not_shown.empty()) {
    finding.wrong.push_back("no check is known to find it");
  }
  if (specimen.kind != Kind::kMutant && finding.run == 0) {
    finding.wrong.push_back("no check was run");
  }
  return finding;
}

}  // namespace e3::selftest
