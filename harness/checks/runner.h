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

class Expectations;

struct CheckResult {
  const Check* check = nullptr;
  std::string id;  // with the variant's name: "http.version[2.0]"
  Level level = Level::kMust;
  Verdict verdict = Verdict::kError;
  Verdict observed = Verdict::kError;  // before the expectations had their say
  // The two halves of a verdict: what was answered, and how the connection went. kSkip where the
  // check did not come to look at either.
  Verdict answer = Verdict::kSkip;
  Verdict connection = Verdict::kSkip;
  std::string ending;  // how the server's side of the connection ended, where one was under test
  std::string reason;  // for everything but PASS and FAIL
  std::size_t points_run = 0;
  std::size_t points_total = 0;
  std::string unit;  // what the points are, plural
  std::vector<Failure> failures;
  std::vector<Failure> warnings;  // what is not as it should be, yet fails nothing
  std::vector<std::string> notes;
  std::vector<std::string> transcript;  // of the undisturbed exchange that went wrong
  std::chrono::nanoseconds duration{0};
};

struct RunOptions {
  const Profile* profile = nullptr;
  std::uint64_t seed = 0;
  std::size_t max_failures = 0;                // stop after so many; 0: never
  const Expectations* expectations = nullptr;  // may be null
  std::string today = {};                      // "2026-12-31", for entries that expire
  bool strict = false;                         // WARN at the levels must and should becomes FAIL
  bool fail_on_warning = false;                // each WARN that is not expected becomes FAIL
  bool xpass_fails = true;
};

struct RunResult {
  std::vector<CheckResult> checks;
  std::string target;            // one line: what was tested, and how
  std::string program = "e3";    // the command that runs it again, for a shell
  std::string target_arguments;  // the target, and what else the outcome depends on, as arguments
  std::string engine;
  std::vector<std::string> remarks;  // of the engine
  std::string profile;
  std::string shown_at;      // the source file at which reports show their findings; may be empty
  std::size_t selected = 0;  // how many checks there are to run
  std::uint64_t seed = 0;
  std::uint64_t transcript_hash = 0;
  bool transcript_repeats = false;  // the same seed gives the same hash
  std::chrono::nanoseconds duration{0};
  bool complete = false;    // every selected check was run
  std::string unavailable;  // why the target could not be had, when it could not
};

// What an engine tells about itself and the cases it has run so far.
struct EngineFacts {
  std::string engine;
  std::vector<std::string> remarks;
  std::uint64_t transcript_hash = 0;
  bool transcript_repeats = false;  // the same seed gives the same hash
};

// Where cases are run: in worlds of this process (WorldRunner), or inside the program under test.
class CaseRunner {
 public:
  virtual ~CaseRunner() = default;
  // One verdict. Throws TargetUnavailable when there is no target any more; Interrupted.
  virtual CheckResult run_one(const CheckCase& which) = 0;
  virtual EngineFacts facts() = 0;
};

// Called as a check begins and after it has ended (`result` null, then set).
using Observer = std::function<void(const Check& check, const CheckResult* result)>;

// What makes the run fail, and counts for max_failures.
bool fails_the_run(const CheckResult& check, const RunOptions& options);

// Runs `cases` in order, filling `result` as it goes, so that what is there can be reported
// after an interruption. Throws Interrupted.
void run_cases(const std::vector<CheckCase>& cases, CaseRunner& runner, const RunOptions& options,
               const Observer& observer, RunResult& result);
// Likewise, in the worlds of `source`.
void run_cases(const std::vector<CheckCase>& cases, WorldSource& source, const RunOptions& options,
               const Observer& observer, RunResult& result);
// Likewise, every case of each check.
void run_checks(const std::vector<const Check*>& checks, WorldSource& source,
                const RunOptions& options, const Observer& observer, RunResult& result);

}  // namespace e3
