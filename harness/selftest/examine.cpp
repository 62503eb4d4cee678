// SPDX-License-Identifier: MIT
#include "harness/selftest/examine.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "harness/checks/catalogue.h"
#include "harness/checks/runner.h"
#include "harness/checks/world_runner.h"
#include "harness/world/engines/tcp/tcp_source.h"

namespace e3::selftest {
namespace {

bool runs_on_sim(const ExamineOptions& options) {
  return options.program.empty() && options.engine == InProcessEngine::kSim;
}

bool can_be_seen(const Kill& kill, const ExamineOptions& options) {
  switch (kill.shown) {
    case Shown::kEverywhere:
      return true;
    case Shown::kInProcess:
      return options.program.empty();
    case Shown::kAsProgram:
      return !options.program.empty();
    case Shown::kOnSim:
      return runs_on_sim(options);
  }
  return false;
}

bool is_excluded(const std::string& id, const ExamineOptions& options) {
  return std::any_of(options.exclude.begin(), options.exclude.end(),
                     [&](const std::string& word) { return selects(word, id); });
}

bool must_find(const Specimen& specimen, const std::string& id, const ExamineOptions& options) {
  return std::any_of(specimen.kills.begin(), specimen.kills.end(), [&](const Kill& kill) {
    return kill.case_id == id && can_be_seen(kill, options);
  });
}

std::vector<CheckCase> cases_for(const Specimen& specimen, const ExamineOptions& options) {
  std::vector<CheckCase> cases;
  for (const Check* check : specimen.checks()) {
    for (const CheckCase& each : cases_of(*check)) {
      const std::string id = id_of(each);
      const bool wanted = specimen.kind != Kind::kMutant || must_find(specimen, id, options);
      if (wanted && !is_excluded(id, options)) cases.push_back(each);
    }
  }
  return cases;
}

constexpr std::uint16_t kPort = 8080;  // in process
// How long a silent program is waited for. Short: the null servers are silent in every case.
constexpr std::chrono::milliseconds kTimeout{500};

std::unique_ptr<WorldSource> source_of(const Specimen& specimen, const ExamineOptions& options,
                                       Transcript& transcript) {
  if (options.program.empty()) {
    InProcessTarget target;
    target.name = specimen.name;
    target.serve = [&specimen] { specimen.serve(kPort); };
    return std::make_unique<InProcessSource>(target, options.engine, options.seed, transcript);
  }
  ProgramOptions program;
  program.command = fmt::format(fmt::runtime(options.program), fmt::arg("server", specimen.name),
                                fmt::arg("port", "{port}"));
  return std::make_unique<TcpSource>(std::move(program), kTimeout, transcript);
}

struct Run {
  RunResult result;
  Abilities abilities;  // of the engine; none, where there was no target
};

Run run_against(const Specimen& specimen, const ExamineOptions& options) {
  Transcript transcript;
  const auto source = source_of(specimen, options, transcript);
  Run run;
  run_cases(
      cases_for(specimen, options), *source,
      {.profile = find_profile("http"), .seed = options.seed},
      [&](const Check&, const CheckResult* ended) {
        if (ended != nullptr) run.abilities = source->world().abilities();
      },
      run.result);
  return run;
}

// Only for what the engine says that it lacks. Some of it a check finds out as it runs: whether a
// program's buffers can be filled and its time-outs waited for, and which faults a real kernel
// takes.
bool is_rightly_skipped(const CheckResult& result, const Run& run, const ExamineOptions& options) {
  if (result.verdict != Verdict::kSkip) return false;
  if (!missing_ability(*result.check, run.abilities).empty()) return true;
  const bool real_faults = result.check->needs.faults && !runs_on_sim(options);
  return real_faults || !options.program.empty();
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

// A mere warning finds a bug only where no more than that is due.
bool is_as_grave_as(const Kill& kill, Verdict verdict) {
  return kill.warns ? verdict == Verdict::kWarn : is_failure(verdict);
}

void look_for(const Kill& kill, const Run& run, const ExamineOptions& options, Finding& finding) {
  const std::string id(kill.case_id);
  const auto& checks = run.result.checks;
  const auto result = std::find_if(checks.begin(), checks.end(),
                                   [&](const CheckResult& each) { return each.id == id; });
  if (!can_be_seen(kill, options)) {
    finding.not_shown.push_back(id);
  } else if (result == checks.end()) {
    finding.wrong.push_back(fmt::format("{} was not run", id));
  } else if (is_rightly_skipped(*result, run, options)) {
    finding.not_shown.push_back(id);
  } else if (!names(*result, kill.cause)) {
    finding.wrong.push_back(
        fmt::format("{} says {}, not {}", id, verdict_besides(*result), kill.cause));
  } else if (!is_as_grave_as(kill, result->verdict)) {
    finding.wrong.push_back(fmt::format("{} says {}, where a {} is due", id,
                                        verdict_besides(*result),
                                        kill.warns ? "warning" : "failure"));
  } else {
    finding.found[std::string(kill.cause)].push_back(id);
  }
}

void judge_all(const Specimen& specimen, const Run& run, const ExamineOptions& options,
               Finding& finding) {
  std::size_t judged = 0;
  for (const CheckResult& result : run.result.checks) {
    const bool passes = result.verdict == Verdict::kPass;
    if (is_rightly_skipped(result, run, options)) {
      finding.not_shown.push_back(result.id);
      continue;
    }
    ++judged;
    if (passes == (specimen.kind == Kind::kNull)) {
      finding.wrong.push_back(fmt::format("{} says {}", result.id, verdict_besides(result)));
    }
  }
  if (judged > 0) return;
  finding.wrong.emplace_back(finding.run == 0 ? "no check was run" : "every check was skipped");
}

}  // namespace

Finding examine(const Specimen& specimen, const ExamineOptions& options) {
  const Run run = run_against(specimen, options);
  Finding finding;
  finding.run = run.result.checks.size();
  if (!run.result.unavailable.empty()) finding.wrong.push_back(run.result.unavailable);
  for (const Kill& kill : specimen.kills) look_for(kill, run, options, finding);
  if (specimen.kind != Kind::kMutant) judge_all(specimen, run, options, finding);
  const bool nothing = finding.found.empty() && specimen.kind == Kind::kMutant;
  if (nothing && finding.is_right() && finding.not_shown.empty()) {
    finding.wrong.push_back("no check is known to find it");
  }
  return finding;
}

}  // namespace e3::selftest
