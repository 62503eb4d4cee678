// SPDX-License-Identifier: MIT
#include "passed_descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

namespace {

constexpr int kFirst = 3;  // SD_LISTEN_FDS_START
constexpr int kCountMax = 1024;

std::string take_variable(const char* name) {
  const char* const value = std::getenv(name);
  std::string result = value == nullptr ? "" : value;
  ::unsetenv(name);
  return result;
}

std::optional<int> number_in(const std::string& text) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

}  // namespace

std::vector<e3::server::Descriptor> take_passed_descriptors() {
  const std::string pid = take_variable("LISTEN_PID");
  const std::string count = take_variable("LISTEN_FDS");
  take_variable("LISTEN_FDNAMES");
  if (number_in(pid) != ::getpid()) return {};
  const std::optional<int> number = number_in(count);
  if (!number || *number < 0 || *number > kCountMax) {
    throw std::invalid_argument("LISTEN_FDS is not a number of descriptors: " + count);
  }
  std::vector<e3::server::Descriptor> descriptors;
  for (int fd = kFirst; fd != kFirst + *number; ++fd) {
    // The number of one that is not open would soon be another file's.
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(),
                              "descriptor " + std::to_string(fd) + " of LISTEN_FDS");
    }
    descriptors.emplace_back(fd);
  }
  return descriptors;
}
