// SPDX-License-Identifier: MIT
// One line on standard error that is written over again and again; nothing where that is no
// terminal, or one that cannot write over a line.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace e3::cli {

class ProgressLine {
 public:
  // `wanted`: whether to show anything at all.
  explicit ProgressLine(bool wanted = true);
  ~ProgressLine();  // clears the line
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(std::string_view line);  // as much of it as fits
  // Shows what `line()` gives, a few times a second however often it is called.
  template <typename Line>
  void show_now_and_then(const Line& line) {
    if (is_due()) show(line());
  }
  void clear();
  static std::size_t width();  // of the line

 private:
  bool is_due();

  bool wanted_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point due_;  // the next line
};

}  // namespace e3::cli
