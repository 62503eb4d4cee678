// SPDX-License-Identifier: MIT
// Which cases a run is about.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/checks/catalogue.h"

namespace e3::cli {

// The part of the cases that one of several machines runs: each case falls to exactly one part.
struct Shard {
  std::size_t index = 1;  // from 1
  std::size_t count = 1;
};

struct Selection {
  std::vector<std::string> words;  // ids, families, globs; none: all
  std::vector<std::string> exclude;
  Level least = Level::kMay;  // obligations at least this binding
  Shard shard;
  std::string failed_in;  // a JSON report: only what failed there; empty: no such bound
};

// No case is left to run; the message names what selects nothing.
struct NothingSelected {
  std::string message;
};

// Throws NothingSelected for a word that matches no check at all.
void require_matches(const std::vector<std::string>& words);

// In the order of the catalogue. Throws NothingSelected, and std::invalid_argument for a report
// that cannot be read.
std::vector<CheckCase> selected_cases(const Selection& selection);

}  // namespace e3::cli
