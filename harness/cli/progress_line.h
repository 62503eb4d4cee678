// SPDX-License-Identifier: MIT
// One line on standard error that is written over again and again; nothing where that is no
// terminal, or one that cannot write over a line.
#pragma once

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
  void clear();
  static std::size_t width();  // of the line

 private:
  bool wanted_;
  bool shown_ = false;
};

}  // namespace e3::cli
