// SPDX-License-Identifier: MIT
#include "harness/checks/runner.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace e3 {
namespace {

using Clock = std::chrono::steady_clock;

std::string missing_ability(const Check& check, const Abilities& abilities) {
  if (check.needs.tcp && !abilities.tcp) {
    return "needs TCP, which this engine does not have; use --engine sim, --spawn or HOST:PORT";
  }
  return {};
}

Verdict verdict_of(const std::vector<Failure>& failures) {
  if (failures.empty()) return Verdict::kPass;
  const bool died = std::any_of(failures.begin(), failures.end(), [](const Failure& failure) {
    return failure.violation.symptom == Symptom::kDied;
  });
  return died ? Verdict::kCrash : Verdict::kFail;
}

void take_over(CheckResult& result, const Session& session) {
  result.points_run = session.points_run();
  result.points_total = session.points_total();
  result.unit = session.unit();
  result.failures = session.failures();
  result.notes = session.notes();
}

// Throws TargetUnavailable when there is no target any more.
CheckResult run_one(const Check& check, WorldSource& source, const RunOptions& options) {
  CheckResult result;
  result.check = &check;
  if (check.needs.http && !options.profile->is_http) {
    result.verdict = Verdict::kNotApplicable;
    result.reason = "the profile does not speak HTTP";
    return result;
  }
  result.reason = missing_ability(check, source.world().abilities());
  if (!result.reason.empty()) {
    result.verdict = Verdict::kSkip;
    return result;
  }
  try {
    Session session(check, *options.profile, source, options.seed);
    try {
      check.run(session);
      result.verdict = verdict_of(session.failures());
    } catch (const ControlFailed& failed) {
      result.verdict =
          session.failures().empty() ? Verdict::kInconclusive : verdict_of(session.failures());
      result.reason = failed.why;
    }
    take_over(result, session);
  } catch (const ControlFailed& failed) {
    result.verdict = Verdict::kInconclusive;
    result.reason = failed.why;
    source.renew();  // the next check deserves a target in its first state
  }
  return result;
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "PASS";
    case Verdict::kFail:
      return "FAIL";
    case Verdict::kCrash:
      return "CRASH";
    case Verdict::kSkip:
      return "SKIP";
    case Verdict::kNotApplicable:
      return "N/A";
    case Verdict::kInconclusive:
      return "INCONCLUSIVE";
    case Verdict::kError:
      return "ERROR";
  }
  return "UNKNOWN";
}

bool is_failure(Verdict verdict) {
  return verdict == Verdict::kFail || verdict == Verdict::kCrash ||
         verdict == Verdict::kInconclusive || verdict == Verdict::kError;
}

void run_checks(const std::vector<const Check*>& checks, WorldSource& source,
                const RunOptions& options, const Observer& observer, RunResult& result) {
  const auto began = Clock::now();
  try {
    for (const Check* check : checks) {
      observer(*check, nullptr);
      const auto check_began = Clock::now();
      CheckResult one = run_one(*check, source, options);
      one.duration = Clock::now() - check_began;
      result.transcript_hash = source.world().transcript().hash();
      result.engine = source.world().engine();
      result.remarks = source.world().remarks();
      result.transcript_repeats = source.world().abilities().repeatable;
      result.duration = Clock::now() - began;
      result.checks.push_back(std::move(one));
      observer(*check, &result.checks.back());
      if (options.fail_fast && is_failure(result.checks.back().verdict)) return;
    }
    result.complete = true;
  } catch (const TargetUnavailable& gone) {
    result.unavailable = gone.what();
  }
  result.duration = Clock::now() - began;
}

}  // namespace e3
