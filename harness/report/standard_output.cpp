// SPDX-License-Identifier: MIT
#include "harness/report/standard_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace e3::report {
namespace {

// Out of the way of the numbers that a server in this process gets, and expects.
constexpr int kHighNumber = 512;

std::FILE* kept = nullptr;

[[noreturn]] void fail() {
  throw std::system_error(errno, std::generic_category(), "cannot write to standard output");
}

}  // namespace

void keep_standard_output() {
  if (std::fflush(stdout) != 0) fail();
  int fd = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, kHighNumber);
  if (fd < 0) fd = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);  // by RLIMIT_NOFILE
  if (fd < 0) fail();
  kept = ::fdopen(fd, "w");
  if (kept == nullptr || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) fail();
}

std::FILE* standard_output() { return kept == nullptr ? stdout : kept; }

}  // namespace e3::report
