// SPDX-License-Identifier: MIT
// The run as a person sees it: a tree of verdicts as they come, then the failures, then the causes,
// and a last line that programs can read.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "harness/checks/runner.h"
#include "harness/cli/progress.h"

namespace e3::cli {

enum class Detail {
  kQuiet,    // what is not as expected, and the last line
  kNormal,   // every check that ran, and the end of each failure's transcript
  kVerbose,  // every check, and whole transcripts
};

class Console {
 public:
  // `color`: auto, always or never. `out`: where results go; standard error when a report takes
  // standard output.
  Console(std::string_view color, Detail detail, std::FILE* out);

  void begin(const RunResult& result);
  void check_begins(const Check& check);
  void check_ended(const CheckResult& result);
  void end(const RunResult& result);

 private:
  std::string painted(std::string_view text, std::string_view color) const;
  std::string badge(Verdict verdict) const;
  void show_check(const CheckResult& result);
  void show_not_run();
  void show_line(const CheckResult& result, std::string_view name);
  void show_problems(const RunResult& result);
  void show_problem(const RunResult& result, const CheckResult& check, std::string_view alike);
  void show_transcript(const std::vector<std::string>& lines);
  void show_causes(const RunResult& result);
  void show_hint(const RunResult& result);
  void show_counts(const RunResult& result);

  template <typename... Arguments>
  void print(fmt::format_string<Arguments...> format, Arguments&&... arguments);

  bool color_;
  Detail detail_;
  std::FILE* out_;
  Progress progress_;
  std::string last_family_;
  std::vector<CheckResult> not_run_;  // for the same reason, one after the other: not shown yet
};

}  // namespace e3::cli
