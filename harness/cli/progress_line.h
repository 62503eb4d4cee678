// SPDX-License-Identifier: MIT
// One line on standard error that is written over again and again; nothing where that is no
// terminal.
#pragma once

#include <string_view>

namespace e3::cli {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();  // clears the line
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(std::string_view line);
  void clear();

 private:
  bool terminal_;
  bool shown_ = false;
};

}  // namespace e3::cli
