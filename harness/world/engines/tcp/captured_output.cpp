// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/captured_output.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace e3 {

CapturedOutput::CapturedOutput() : memory_(memfd_create("e3-target-output", MFD_CLOEXEC)) {
  if (memory_ < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
  ::fcntl(memory_, F_SETFL, O_APPEND);
}

CapturedOutput::~CapturedOutput() { ::close(memory_); }

std::string CapturedOutput::lines(std::size_t limit) const {
  const off_t end = lseek(memory_, 0, SEEK_END);
  const auto size = std::min(limit, static_cast<std::size_t>(std::max<off_t>(end, 0)));
  std::string text(size, '\0');
  const ssize_t got = pread(memory_, text.data(), size, end - static_cast<off_t>(size));
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
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
