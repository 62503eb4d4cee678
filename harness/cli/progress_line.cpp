// SPDX-License-Identifier: MIT
#include "harness/cli/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

namespace e3::cli {

ProgressLine::ProgressLine() : terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::show(std::string_view line) {
  if (!terminal_) return;
  fmt::print(stderr, "\r\033[K{}", line);
  shown_ = true;
}

void ProgressLine::clear() {
  if (shown_) fmt::print(stderr, "\r\033[K");
  shown_ = false;
}

}  // namespace e3::cli
