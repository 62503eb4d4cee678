// SPDX-License-Identifier: MIT
// What every format says about a run: counts, causes, and each check in words. The formats
// themselves are in formats.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/checks/runner.h"

namespace e3::report {

struct Counts {
  std::size_t total = 0;
  std::size_t passed = 0;
  std::size_t warned = 0;
  std::size_t failed = 0;    // FAIL, CRASH, TIMEOUT and XPASS
  std::size_t expected = 0;  // XFAIL
  std::size_t inconclusive = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;  // SKIP and N/A
};

Counts count(const std::vector<CheckResult>& checks);
inline Counts count(const RunResult& result) { return count(result.checks); }

// A verdict in the words of formats that know fewer of them than e3 does.
enum class Outcome {
  kPassed,   // PASS, WARN
  kFailed,   // FAIL, CRASH, TIMEOUT, XPASS
  kError,    // INCONCLUSIVE, ERROR: nothing is known about the target
  kSkipped,  // SKIP, N/A, XFAIL
};
Outcome outcome_of(Verdict verdict);

// The causes that the failures point to, each with the ids of the checks it explains, in the order
// in which they were met.
struct CauseSummary {
  std::string_view slug;
  std::vector<std::string_view> checks;
};
std::vector<CauseSummary> causes_met(const RunResult& result);

// The first part of an id: "close" of "close.hangup.reset".
std::string_view family_of(std::string_view id);
// Each family that the run met, once, in the order of the run.
std::vector<std::string_view> families_met(const RunResult& result);

// What a check that did not pass says, in one line: cause, point, expected and actual, or the
// reason. Empty for a PASS without a reason.
std::string headline(const CheckResult& check);
// The same at length: obligation, every failure, the transcript of the first, how to reproduce.
std::string explanation(const RunResult& run, const CheckResult& check);

// The command that shows one check again.
std::string replay_command(const RunResult& result, const CheckResult& check);

}  // namespace e3::report
