// SPDX-License-Identifier: MIT
// Two runs beside each other, read from their JSON reports.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace e3::report {

// One check of a run that was read back.
struct PastCheck {
  std::string id;
  std::string verdict;  // as in the report
  std::string said;     // cause and what was seen, or the reason
};

struct PastRun {
  std::string path;
  std::string target;
  std::string profile;
  std::string tool_version;
  std::string seed;
  std::vector<PastCheck> checks;
};

// Throws std::invalid_argument when the file cannot be read or is no JSON report of e3.
PastRun read_run(const std::string& path);

enum class Change {
  kBroken,   // fails now, and did not
  kMended,   // failed, and does so no more
  kBad,      // fails in both
  kChanged,  // another verdict, yet neither fails
  kAdded,    // only in the second
  kRemoved,  // only in the first
  kSame,
};

std::string_view to_string(Change change);

struct ComparedCheck {
  std::string id;
  Change change = Change::kSame;
  std::string before;  // a verdict; empty when the check is not in that run
  std::string after;
  std::string said;  // by the second run, or by the first where the check is only there
};

// Broken ones first, then in the order of Change; within one change in the order of the runs.
std::vector<ComparedCheck> compare(const PastRun& before, const PastRun& after);
std::size_t count(const std::vector<ComparedCheck>& checks, Change change);

std::string comparison_to_html(const PastRun& before, const PastRun& after,
                               const std::vector<ComparedCheck>& checks);

}  // namespace e3::report
