// SPDX-License-Identifier: MIT
// The functions of <e3/target.h>. No exception leaves them.
#include <e3/target.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "harness/checks/catalogue.h"
#include "harness/checks/runner.h"
#include "harness/cli/bench.h"
#include "harness/cli/command_line.h"
#include "harness/explore/fuzz_input.h"
#include "harness/explore/profile_protocol.h"
#include "harness/explore/world_judge.h"
#include "harness/report/report.h"
#include "harness/report/timeline.h"
#include "harness/scenario/text_form.h"
#include "harness/targets/linked_target.h"
#include "harness/world/engines/in_process_source.h"
#include "harness/world/interpose/interpose.h"

namespace {

using e3::CheckCase;

struct NamedCase {
  std::string id;
  CheckCase which;
};

const std::vector<NamedCase>& all_cases() {
  static const std::vector<NamedCase>& cases = *[] {
    auto* made = new std::vector<NamedCase>;  // never destroyed: ids are handed out
    for (const e3::Check* check : e3::all_checks()) {
      for (const CheckCase& each : e3::cases_of(*check)) made->push_back({e3::id_of(each), each});
    }
    return made;
  }();
  return cases;
}

e3_outcome outcome_of(e3::Verdict verdict) {
  switch (e3::report::outcome_of(verdict)) {
    case e3::report::Outcome::kPassed:
      return E3_PASSED;
    case e3::report::Outcome::kFailed:
      return E3_FAILED;
    case e3::report::Outcome::kSkipped:
      return E3_SKIPPED;
    case e3::report::Outcome::kError:
      break;
  }
  return E3_ERROR;
}

// The one result of running one case.
e3::CheckResult run_case(const e3_target& target, const CheckCase& which,
                         const e3::Profile& profile, std::uint64_t seed, std::string& told) {
  e3::Transcript transcript;
  e3::InProcessSource source(e3::targets::linked_target(target), e3::InProcessEngine::kSim, seed,
                             transcript);
  e3::RunResult run;
  run.target = source.description();
  run.profile = profile.name;
  run.seed = seed;
  e3::run_cases(
      {which}, source, {.profile = &profile, .seed = seed},
      [](const e3::Check&, const e3::CheckResult*) {}, run);
  if (run.checks.empty()) {
    told = run.unavailable;
    return {};
  }
  const e3::CheckResult& result = run.checks.front();
  told =
      result.failures.empty() ? e3::report::headline(result) : e3::report::explanation(run, result);
  return result;
}

e3_outcome run_named(const e3_target& target, std::string_view id, const std::string& profile_name,
                     std::uint64_t seed, std::string& told) {
  const auto& cases = all_cases();
  const auto found = std::find_if(cases.begin(), cases.end(),
                                  [&](const NamedCase& each) { return each.id == id; });
  if (found == cases.end()) {
    told = "there is no such check";
    return E3_ERROR;
  }
  const e3::Profile& profile = e3::load_profile(profile_name);
  return outcome_of(run_case(target, found->which, profile, seed, told).verdict);
}

e3_outcome replay(const e3_target& target, std::string_view text, const std::string& profile_name,
                  std::uint64_t seed, std::string& told) {
  const e3::scenario::Scenario steps = e3::scenario::parse(text, "scenario");
  e3::Transcript transcript;
  e3::InProcessSource source(e3::targets::linked_target(target), e3::InProcessEngine::kSim, seed,
                             transcript);
  e3::explore::WorldJudge judge(source, e3::explore::protocol_of(e3::load_profile(profile_name)));
  const auto found = judge.judge(steps);
  if (!found) return E3_PASSED;
  told = e3::cli::in_words(*found) + e3::report::timeline(judge.transcript());
  return E3_FAILED;
}

std::string name_of(const char* profile) { return profile != nullptr ? profile : "http"; }

template <typename Run>
e3_outcome guarded(e3_tell* tell, void* context, const Run& run) {
  std::string told;
  e3_outcome outcome = E3_ERROR;
  e3::interpose::fail_at_exit();
  e3::interpose::tell_of_deaths();
  try {
    outcome = run(told);
  } catch (const std::exception& error) {
    told = error.what();
  }
  if (tell != nullptr && !told.empty()) tell(context, told.c_str());
  return outcome;
}

}  // namespace

int e3_main(int argc, char** argv, const e3_target* target) {
  return e3_main_with_profile(argc, argv, target, nullptr);
}

int e3_main_with_profile(int argc, char** argv, const e3_target* target, const char* profile) {
  return e3::cli::run_command_line(
      argc, argv,
      [target](std::string_view /*profile*/) { return e3::targets::linked_target(*target); },
      profile != nullptr ? profile : "http");
}

size_t e3_check_count(void) { return all_cases().size(); }

const char* e3_check_id(size_t index) {
  return index < all_cases().size() ? all_cases()[index].id.c_str() : nullptr;
}

e3_outcome e3_run_check(const e3_target* target, const char* id, const char* profile, uint64_t seed,
                        e3_tell* tell, void* context) {
  return guarded(tell, context, [&](std::string& told) {
    return run_named(*target, id, name_of(profile), seed, told);
  });
}

e3_outcome e3_replay(const e3_target* target, const char* scenario, const char* profile,
                     uint64_t seed, e3_tell* tell, void* context) {
  return guarded(tell, context, [&](std::string& told) {
    return replay(*target, scenario, name_of(profile), seed, told);
  });
}

void e3_fuzz_input(const e3_target* target, const char* profile, const uint8_t* data, size_t size) {
  try {
    // Not destroyed at exit: a leak detector may look before that, and finds all of it in use.
    static auto& judge =
        *new e3::explore::InputJudge(e3::targets::linked_target(*target), e3::InProcessEngine::kSim,
                                     e3::explore::protocol_of(e3::load_profile(name_of(profile))));
    judge.judge(data, size);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "e3: %s\n", error.what());
    std::abort();
  }
}
