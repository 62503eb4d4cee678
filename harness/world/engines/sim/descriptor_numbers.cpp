// SPDX-License-Identifier: MIT
#include "harness/world/engines/sim/descriptor_numbers.h"

#include <fcntl.h>

#include <cerrno>
#include <system_error>

#include "harness/world/interpose/real_calls.h"

namespace e3 {
namespace {

// Enough for the largest burst of a check, and few beside the usual limit of 1024.
constexpr int kReserved = 256;

std::vector<int>* reserve() {
  auto* numbers = new std::vector<int>;  // never destroyed: worlds may outlive static objects
  numbers->reserve(kReserved);
  const int placeholder = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (placeholder < 0) throw std::system_error(errno, std::generic_category(), "/dev/null");
  numbers->push_back(placeholder);
  while (numbers->size() < kReserved) {
    const int number = real::fcntl(placeholder, F_DUPFD_CLOEXEC, 0);  // lowest free
    if (number < 0) throw std::system_error(errno, std::generic_category(), "fcntl(F_DUPFD)");
    numbers->push_back(number);
  }
  return numbers;
}

}  // namespace

const std::vector<int>& reserved_descriptor_numbers() {
  static const std::vector<int>& numbers = *reserve();
  return numbers;
}

}  // namespace e3
