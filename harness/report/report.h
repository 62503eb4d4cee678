// SPDX-License-Identifier: MIT
// What a run looks like: on the terminal, and as files for machines.
#pragma once

#include <string>
#include <string_view>

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

Counts count(const RunResult& result);

// The causes that the failures point to, each with the ids of the checks it explains, in the order
// in which they were met.
struct CauseSummary {
  std::string_view slug;
  std::vector<std::string_view> checks;
};
std::vector<CauseSummary> causes_met(const RunResult& result);

// The command that shows one failing check again.
std::string replay_command(const RunResult& result, const CheckResult& check);

std::string to_json(const RunResult& result);
std::string to_junit(const RunResult& result);

// Writes a report whole or not at all: a temporary file beside it, then rename(2). Throws
// std::system_error.
void write_file(const std::string& path, const std::string& content);

}  // namespace e3::report
