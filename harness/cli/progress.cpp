// SPDX-License-Identifier: MIT
#include "harness/cli/progress.h"

#include <fmt/format.h>
namespace e3::cli {
namespace {

constexpr std::size_t kBarWidth = 20;

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

void Progress::begin(std::size_t total) {
  total_ = total;
  done_ = 0;
  began_ = std::chrono::steady_clock::now();
}

void Progress::show(std::string_view name) {
  const auto elapsed = std::chrono::steady_clock::now() - began_;
  line_.show(progress_line(done_, total_, elapsed, name, ProgressLine::width()));
}

}  // namespace e3::cli
