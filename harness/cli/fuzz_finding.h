// SPDX-License-Identifier: MIT
// What e3 fuzz says of a finding.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "harness/cli/fuzzer_process.h"

namespace e3::cli {

// False also for a file that cannot be read.
bool file_contains(const std::filesystem::path& path, std::string_view words);

// Whether what it runs are scenarios: e3's schedule fuzzers, and those of e3_add_fuzzer().
bool plays_scenarios(const std::filesystem::path& fuzzer);

// What e3_add_fuzzer() has given the program as its PROFILE, a word for load_profile().
std::optional<std::string> profile_of(const std::filesystem::path& fuzzer);

// Whether `process`, which has ended, tells of a finding; else it could not run at all.
bool has_finding(const FuzzerProcess& process);

// Prints on standard error how `process`, which has neither found anything nor run to its end,
// ended and what it said last.
void report_failure(const std::filesystem::path& fuzzer, const FuzzerProcess& process,
                    const ProcessEnd& end);

// Prints what `process`, a run of the program `fuzzer` that has ended with a finding, has found and
// how to see it again. A scenario is saved beside the input that libFuzzer has written.
void report_finding(const std::filesystem::path& fuzzer, const FuzzerProcess& process);

}  // namespace e3::cli
