// SPDX-License-Identifier: MIT
#include "harness/cli/progress_line.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace e3::cli {
namespace {

constexpr std::size_t kUsualColumns = 80;
constexpr std::chrono::milliseconds kBetweenLines{200};

bool is_terminal() {
  const char* name = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && name != nullptr && std::string_view(name) != "dumb";
}

}  // namespace

ProgressLine::ProgressLine(bool wanted) : wanted_(wanted && is_terminal()) {}

ProgressLine::~ProgressLine() { clear(); }

// One less than the terminal has: a full line would begin another one.
std::size_t ProgressLine::width() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return (known ? size.ws_col : kUsualColumns) - 1;
}

void ProgressLine::show(std::string_view line) {
  if (!wanted_) return;
  fmt::print(stderr, "\r\033[K{}", line.substr(0, width()));
  std::fflush(stderr);
  shown_ = true;
}

bool ProgressLine::is_due() {
  if (!wanted_) return false;
  const auto now = std::chrono::steady_clock::now();
  if (now < due_) return false;
  due_ = now + kBetweenLines;
  return true;
}

void ProgressLine::clear() {
  if (shown_) fmt::print(stderr, "\r\033[K");
  shown_ = false;
}

}  // namespace e3::cli
