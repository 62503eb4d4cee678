// SPDX-License-Identifier: MIT
#include "harness/world/engines/sim/descriptor_numbers.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "harness/world/interpose/real_calls.h"

namespace e3 {
namespace {

// Never destroyed: worlds may outlive static objects.
std::vector<int>& numbers() {
  static auto& reserved = *new std::vector<int>;
  return reserved;
}

void raise_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur == limit.rlim_max) {
    throw std::system_error(EMFILE, std::generic_category(),
                            "the simulated process needs more descriptors than ulimit -Hn allows");
  }
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int hold_lowest_free() {
  const std::vector<int>& reserved = numbers();
  const int held = reserved.empty() ? ::open("/dev/null", O_RDONLY | O_CLOEXEC)
                                    : real::fcntl(reserved.front(), F_DUPFD_CLOEXEC, 0);
  if (held >= 0) return held;
  if (errno != EMFILE) throw std::system_error(errno, std::generic_category(), "/dev/null");
  raise_limit();
  return hold_lowest_free();
}

}  // namespace

const std::vector<int>& reserved_descriptor_numbers(std::size_t count) {
  std::vector<int>& reserved = numbers();
  const std::size_t before = reserved.size();
  while (reserved.size() < count) reserved.push_back(hold_lowest_free());
  // Something real may have been closed since the last time, and its number be free again.
  if (before != 0 && reserved.size() != before) std::sort(reserved.begin(), reserved.end());
  return reserved;
}

bool is_reserved_number(int number) {
  const std::vector<int>& reserved = numbers();
  return std::binary_search(reserved.begin(), reserved.end(), number);
}

bool hold_number(int number) {
  const int held = real::fcntl(numbers().front(), F_DUPFD_CLOEXEC, number);
  if (held != number && held >= 0) real::close(held);
  return held == number;
}

}  // namespace e3
