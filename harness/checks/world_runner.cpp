// SPDX-License-Identifier: MIT
#include "harness/checks/world_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "harness/world/interpose/interpose.h"

namespace e3 {
namespace {

bool is_of_connection(Symptom symptom) {
  return symptom == Symptom::kNotEnded || symptom == Symptom::kNotAccepted ||
         symptom == Symptom::kLeaks;
}

// Wrong whatever the level of the obligation: no reading of any standard allows it.
bool is_grave(Symptom symptom) {
  return symptom == Symptom::kDied || symptom == Symptom::kSpins || symptom == Symptom::kLeaks ||
         symptom == Symptom::kMisuse || symptom == Symptom::kDeaf;
}

Verdict verdict_of(const std::vector<Failure>& failures, Level level) {
  if (failures.empty()) return Verdict::kPass;
  const auto any = [&](auto&& holds) {
    return std::any_of(failures.begin(), failures.end(),
                       [&](const Failure& failure) { return holds(failure.violation); });
  };
  if (any([](const Violation& v) { return v.symptom == Symptom::kDied; })) return Verdict::kCrash;
  const bool grave = any([](const Violation& v) { return is_grave(v.symptom); });
  if (level != Level::kMust && !grave) return Verdict::kWarn;
  const bool waits = any([](const Violation& v) { return v.waits_for_ever; });
  return waits && !grave ? Verdict::kTimeout : Verdict::kFail;
}

// The verdict of that half of the failures which `belongs` picks.
template <typename Belongs>
Verdict half_verdict(const CheckResult& result, const Belongs& belongs) {
  std::vector<Failure> half;
  std::copy_if(result.failures.begin(), result.failures.end(), std::back_inserter(half),
               [&](const Failure& failure) { return belongs(failure.violation.symptom); });
  return verdict_of(half, result.level);
}

void judge(CheckResult& result, bool strict) {
  result.verdict = verdict_of(result.failures, result.level);
  result.connection = half_verdict(result, is_of_connection);
  result.answer = half_verdict(result, [](Symptom s) { return !is_of_connection(s); });
  if (result.verdict == Verdict::kPass && !result.warnings.empty()) {
    result.verdict = result.answer = Verdict::kWarn;
  }
  if (result.verdict != Verdict::kWarn) return;
  result.warnings.insert(result.warnings.begin(), result.failures.begin(), result.failures.end());
  result.failures.clear();
  if (!strict || result.level == Level::kMay) return;
  result.verdict = Verdict::kFail;
  result.failures = std::move(result.warnings);
  result.warnings.clear();
}

void take_over(CheckResult& result, const Session& session) {
  result.level = session.level();
  result.ending = session.connection();
  result.points_run = session.points_run();
  result.points_total = session.points_total();
  result.unit = session.unit();
  result.failures = session.failures();
  result.warnings = session.warnings();
  result.notes = session.notes();
}

void conclude_without(CheckResult& result, Verdict verdict, std::string reason) {
  result.verdict = verdict;
  result.reason = std::move(reason);
}

// What the undisturbed exchange shows by itself is a failure; without it nothing can be said.
void conclude_failed_control(CheckResult& result, const ControlFailed& failed,
                             std::vector<std::string> transcript, bool strict) {
  if (failed.shown) {
    result.level = Level::kMust;  // whatever the check is about
    result.failures = {
        {std::string(kUndisturbed), *failed.shown, failed.cause, std::move(transcript)}};
    return judge(result, strict);
  }
  conclude_without(result, Verdict::kInconclusive, failed.why);
  result.transcript = std::move(transcript);
}

// Runs the check in `session` and judges what it saw.
void run_in(Session& session, CheckResult& result, const RunOptions& options) {
  // What was seen before the check broke off stands.
  const auto breaks_off = [&](Verdict verdict, const std::string& why) {
    take_over(result, session);
    if (session.failures().empty()) return conclude_without(result, verdict, why);
    judge(result, options.strict);
    result.reason = why;
  };
  try {
    result.check->run(session);
    take_over(result, session);
    judge(result, options.strict);
  } catch (const ControlFailed& failed) {
    if (failed.shown && session.failures().empty()) {
      return conclude_failed_control(result, failed, session.world().transcript().lines(),
                                     options.strict);
    }
    breaks_off(Verdict::kInconclusive, failed.why);
  } catch (const NotApplicable& missing) {
    breaks_off(Verdict::kNotApplicable, missing.why);
  } catch (const NotShown& missing) {
    breaks_off(Verdict::kSkip, missing.why);
  } catch (const TargetUnavailable&) {
    if (!session.found_broken_target()) throw;
    take_over(result, session);
    judge(result, options.strict);
  }
}

// A target that has kept this many controls waiting will keep the next waiting, too; each wait
// costs real time.
constexpr std::size_t kControlsInVain = 3;
// Nor does one get better that has kept somebody waiting in so many cases, and passed none.
constexpr std::size_t kCasesInVain = 10;

bool waited(const CheckResult& result) {
  return std::any_of(result.failures.begin(), result.failures.end(), [](const Failure& failure) {
    return failure.violation.waits_for_ever || failure.violation.symptom == Symptom::kDeaf;
  });
}

}  // namespace

std::string missing_ability(const Check& check, const Abilities& abilities) {
  const Needs& needs = check.needs;
  if (needs.tcp && !abilities.tcp) {
    return "needs TCP, which this engine does not have; use --engine sim, --spawn or HOST:PORT";
  }
  if (needs.faults && !abilities.faults) {
    return "needs calls that fail: use --preload, or link the server in";
  }
  if (needs.event_order && !abilities.event_order) {
    return "needs a choice among ready events: use --preload or --engine sim";
  }
  if (needs.virtual_time && !abilities.virtual_time) {
    return "needs virtual time: use --preload, or link the server in";
  }
  if (needs.process && !abilities.process) {
    return "needs a program of its own, over TCP: --spawn without --preload";
  }
  return {};
}

CheckResult WorldRunner::run_one(const CheckCase& which) {
  CheckResult result;
  result.check = which.check;
  result.id = id_of(which);
  result.level = level_of(which);
  if (which.check->needs.http && !options_->profile->is_http) {
    conclude_without(result, Verdict::kNotApplicable, "the profile does not speak HTTP");
    return result;
  }
  const Abilities& abilities = source_->world().abilities();
  if (std::string missing = missing_ability(*which.check, abilities); !missing.empty()) {
    conclude_without(result, Verdict::kSkip, std::move(missing));
    return result;
  }
  if (controls_in_vain_ >= kControlsInVain && !abilities.virtual_time) {
    conclude_without(result, Verdict::kInconclusive,
                     fmt::format("not tried: the target kept the {} undisturbed requests before "
                                 "this one waiting",
                                 kControlsInVain));
    return result;
  }
  if (!has_passed_ && cases_in_vain_ >= kCasesInVain && !abilities.virtual_time) {
    conclude_without(result, Verdict::kInconclusive,
                     fmt::format("not tried: {} cases before this one waited in vain, and none "
                                 "passed",
                                 kCasesInVain));
    return result;
  }
  interpose::now_running(result.id);
  try {
    Session session(which, *options_->profile, *source_, options_->seed, learned_);
    controls_in_vain_ = 0;
    run_in(session, result, *options_);
    learn_from(result, waited(result));
  } catch (const ControlFailed& failed) {
    if (failed.waits_for_ever) ++controls_in_vain_;
    learn_from(result, failed.waits_for_ever);
    conclude_failed_control(result, failed, source_->world().transcript().lines(),
                            options_->strict);
    source_->renew();  // the next check deserves a target in its first state
  }
  return result;
}

void WorldRunner::learn_from(const CheckResult& result, bool waited) {
  if (result.verdict == Verdict::kPass) has_passed_ = true;
  if (waited) ++cases_in_vain_;
}

EngineFacts WorldRunner::facts() {
  World& world = source_->world();
  return {.engine = std::string(world.engine()),
          .remarks = world.remarks(),
          .transcript_hash = world.transcript().hash(),
          .transcript_repeats = world.abilities().repeatable};
}

}  // namespace e3
