// SPDX-License-Identifier: MIT
#include "harness/cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace e3::cli {
namespace {

constexpr std::size_t kBarWidth = 20;
constexpr std::size_t kUsualColumns = 80;

std::size_t columns() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kUsualColumns;
}

std::string time_left(std::size_t done, std::size_t total, std::chrono::nanoseconds elapsed) {
  if (done == 0) return {};
  const double seconds = std::chrono::duration<double>(elapsed).count();
  const double left = seconds / static_cast<double>(done) * static_cast<double>(total - done);
  if (left < 1) return {};
  if (left < 100) return fmt::format(" (about {:.0f} s left)", left);
  return fmt::format(" (about {:.0f} min left)", left / 60);
}

}  // namespace

std::string progress_line(std::size_t done, std::size_t total, std::chrono::nanoseconds elapsed,
                          std::string_view name, std::size_t width) {
  const std::size_t filled = total == 0 ? 0 : done * kBarWidth / total;
  std::string line = fmt::format("[{:#<{}}{:.<{}}] {}/{}{} {}", "", filled, "", kBarWidth - filled,
                                 done, total, time_left(done, total, elapsed), name);
  if (line.size() > width) line.resize(width);
  return line;
}

Progress::Progress(bool shown) : shown_(shown && isatty(STDERR_FILENO) == 1) {}

void Progress::begin(std::size_t total) {
  total_ = total;
  done_ = 0;
  began_ = std::chrono::steady_clock::now();
}

void Progress::show(std::string_view name) {
  if (!shown_) return;
  const auto elapsed = std::chrono::steady_clock::now() - began_;
  fmt::print(stderr, "\r\033[K{}", progress_line(done_, total_, elapsed, name, columns() - 1));
  std::fflush(stderr);
}

void Progress::clear() const {
  if (shown_) fmt::print(stderr, "\r\033[K");
}

}  // namespace e3::cli
