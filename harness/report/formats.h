// SPDX-License-Identifier: MIT
// The formats of --report, one file each, in one table.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/checks/runner.h"

namespace e3::report {

// A format is written in one of two ways: as a whole, anew after each check, or as lines that are
// added as the run goes on. All functions are pure; what they return ends with a line feed or is
// empty.
struct Format {
  std::string_view name;     // what is written before the '='
  std::string_view summary;  // one line for --help
  std::string (*whole)(const RunResult& run) = nullptr;
  std::string (*first_lines)(const RunResult& run) = nullptr;  // `run` has no results yet
  std::string (*check_lines)(const RunResult& run, const CheckResult& check) = nullptr;
  std::string (*last_lines)(const RunResult& run) = nullptr;

  bool grows() const { return whole == nullptr; }
};

std::span<const Format> formats();
// Null when there is none of that name.
const Format* find_format(std::string_view name);
// "junit, json, ..." for messages.
std::string format_names();

std::string to_junit(const RunResult& run);
std::string to_json(const RunResult& run);
std::string to_sarif(const RunResult& run);
std::string to_html(const RunResult& run);

std::string ndjson_first_lines(const RunResult& run);
std::string ndjson_check_lines(const RunResult& run, const CheckResult& check);
std::string ndjson_last_lines(const RunResult& run);

std::string tap_first_lines(const RunResult& run);
std::string tap_check_lines(const RunResult& run, const CheckResult& check);
std::string tap_last_lines(const RunResult& run);

std::string github_first_lines(const RunResult& run);
std::string github_check_lines(const RunResult& run, const CheckResult& check);
std::string github_last_lines(const RunResult& run);

}  // namespace e3::report
