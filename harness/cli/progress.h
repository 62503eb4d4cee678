// SPDX-License-Identifier: MIT
// How far the run has come, on standard error and only on a terminal: a log gets nothing odd.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "harness/cli/progress_line.h"

namespace e3::cli {

// "[#####.....] 5/10 (about 12 s left) read.split". Without an estimate while nothing is done.
// At most `width` columns; the name is cut first.
std::string progress_line(std::size_t done, std::size_t total, std::chrono::nanoseconds elapsed,
                          std::string_view name, std::size_t width);

class Progress {
 public:
  // `shown`: whether to show it at all; where it can be shown, ProgressLine knows.
  explicit Progress(bool shown) : line_(shown) {}

  void begin(std::size_t total);
  // `name` is being done now.
  void show(std::string_view name);
  void one_done() { ++done_; }
  // Frees the line for other text.
  void clear() { line_.clear(); }

 private:
  ProgressLine line_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  std::chrono::steady_clock::time_point began_;
};

}  // namespace e3::cli
