// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/captured_output.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace e3 {
namespace {

constexpr std::size_t kSearched = 64 << 10;

// How reports of what a program died of begin; pages may follow that say less.
constexpr std::string_view kReports[] = {"ERROR: AddressSanitizer",
                                         "WARNING: ThreadSanitizer",
                                         "WARNING: MemorySanitizer",
                                         "ERROR: LeakSanitizer",
                                         "runtime error: ",
                                         "terminate called",
                                         "Assertion `",
                                         "assertion failed",
                                         "*** stack smashing",
                                         "free(): ",
                                         "malloc(): ",
                                         "corrupted ",
                                         "panicked at",
                                         "Traceback (most recent"};

// The line in which the first of them begins, or npos.
std::size_t begin_of_report(std::string_view text) {
  std::size_t first = text.npos;
  for (const std::string_view report : kReports) first = std::min(first, text.find(report));
  if (first == text.npos) return first;
  const std::size_t line = text.substr(0, first).rfind('\n');
  return line == text.npos ? 0 : line + 1;
}

// What stands behind a sanitizer's summary is a legend.
void leave_out_legend(std::string& report) {
  const std::size_t summary = report.find("\nSUMMARY: ");
  if (summary != report.npos)
    report.resize(std::min(report.find('\n', summary + 1), report.size()));
}

}  // namespace

CapturedOutput::CapturedOutput() : memory_(memfd_create("e3-target-output", MFD_CLOEXEC)) {
  if (memory_ < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
  ::fcntl(memory_, F_SETFL, O_APPEND);
}

CapturedOutput::~CapturedOutput() { ::close(memory_); }

std::string CapturedOutput::last(std::size_t limit) const {
  const off_t end = lseek(memory_, 0, SEEK_END);
  const auto size = std::min(limit, static_cast<std::size_t>(std::max<off_t>(end, 0)));
  std::string text(size, '\0');
  const ssize_t got = pread(memory_, text.data(), size, end - static_cast<off_t>(size));
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return text;
}

std::string CapturedOutput::lines(std::size_t limit) const {
  std::string text = last(std::max(limit, kSearched));
  const std::size_t telling = begin_of_report(text);
  text = telling != text.npos ? text.substr(telling, limit)
                              : text.substr(std::max(text.size(), limit) - limit);
  if (telling != text.npos) leave_out_legend(text);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  // Whatever a target prints must not act on the user's terminal.
  for (char& c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c != '\n' && (code < 0x20 || code == 0x7f)) c = '?';
  }
  return text;
}

std::string CapturedOutput::tail(std::size_t limit) const {
  std::string text = lines(limit);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace e3
