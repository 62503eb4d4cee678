// SPDX-License-Identifier: MIT
// Two runs beside each other.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/report/past_run.h"

namespace e3::report {

enum class Change {
  kBroken,   // fails now, and did not, as far as the first run came
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
