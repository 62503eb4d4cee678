// SPDX-License-Identifier: MIT
// Runs checks one after another and turns what they saw into verdicts.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/checks/check.h"
#include "harness/checks/profile.h"
#include "harness/checks/session.h"
#include "harness/world/world_source.h"

namespace e3 {

enum class Verdict {
  kPass,
  kFail,
  kCrash,          // failed, and the target died of it
  kSkip,           // the engine cannot show it
  kNotApplicable,  // the profile does not have it
  kInconclusive,   // the undisturbed exchange failed
  kError,          // the harness or the target's start failed
};

std::string_view to_string(Verdict verdict);
bool is_failure(Verdict verdict);  // makes the run fail

struct CheckResult {
  const Check* check = nullptr;
  Verdict verdict = Verdict::kError;
  std::string reason;  // for everything but PASS and FAIL
  std::size_t points_run = 0;
  std::size_t points_total = 0;
  std::string unit;  // what the points are, plural
  std::vector<Failure> failures;
  std::vector<std::string> notes;
  std::chrono::nanoseconds duration{0};
};

struct RunOptions {
  const Profile* profile = nullptr;
  std::uint64_t seed = 0;
  bool fail_fast = false;
};

struct RunResult {
  std::vector<CheckResult> checks;
  std::string target;            // one line: what was tested, and how
  std::string target_arguments;  // the same as command-line arguments
  std::string engine;
  std::vector<std::string> remarks;  // of the engine
  std::string profile;
  std::uint64_t seed = 0;
  std::uint64_t transcript_hash = 0;
  bool transcript_repeats = false;  // the same seed gives the same hash
  std::chrono::nanoseconds duration{0};
  bool complete = false;    // every selected check was run
  std::string unavailable;  // why the target could not be had, when it could not
};

// Called as a check begins and after it has ended (`result` null, then set).
using Observer = std::function<void(const Check& check, const CheckResult* result)>;

// Runs `checks` in order, filling `result` as it goes, so that what is there can be reported
// after an interruption. Throws Interrupted.
void run_checks(const std::vector<const Check*>& checks, WorldSource& source,
                const RunOptions& options, const Observer& observer, RunResult& result);

}  // namespace e3
