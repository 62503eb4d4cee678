// SPDX-License-Identifier: MIT
// The run as a person sees it: a tree of verdicts as they come, then the failures, then the causes.
// Results go to standard output, progress to standard error, and only to a terminal.
#pragma once

#include <string_view>

#include "harness/checks/runner.h"

namespace e3::cli {

class Console {
 public:
  // `color`: auto, always or never.
  Console(std::string_view color, bool verbose);

  void begin(const RunResult& result, std::size_t checks);
  void check_begins(const Check& check);
  void check_ended(const CheckResult& result);
  void end(const RunResult& result);

 private:
  std::string painted(std::string_view text, std::string_view color) const;
  void show_failures(const RunResult& result, const CheckResult& check);
  void show_causes(const RunResult& result);
  void clear_progress();

  bool color_;
  bool progress_;
  bool verbose_;
  std::size_t checks_ = 0;
  std::size_t done_ = 0;
  std::string last_family_;
};

}  // namespace e3::cli
