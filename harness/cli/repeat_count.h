// SPDX-License-Identifier: MIT
// How often each case came out which way over many runs: one that did not always come out the same
// way is a flake, of the target or of the check.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "harness/checks/runner.h"

namespace e3::cli {

class RepeatCount {
 public:
  void add(const RunResult& result);
  // Cases with more than one verdict, with how often each, and a last line with the totals.
  std::string table() const;

 private:
  std::size_t runs_ = 0;
  std::map<std::string, std::map<Verdict, std::size_t>> verdicts_;  // by case
};

}  // namespace e3::cli
