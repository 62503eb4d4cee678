// SPDX-License-Identifier: MIT
// A simulated kernel that may use the real process's reserved descriptor numbers and no others; and
// the store of used ones, since a world is made far more often than a kernel need be.
#pragma once

#include <cstddef>
#include <memory>

#include "harness/kernel/kernel.h"

namespace e3 {

class SimMachine {
 public:
  sim::Kernel& kernel() { return kernel_; }
  const sim::Kernel& kernel() const { return kernel_; }

  // A machine as new, one that has been given back if there is one.
  static std::unique_ptr<SimMachine> take(const sim::KernelConfig& config);
  static void give_back(std::unique_ptr<SimMachine> machine);

  // Before a call that makes at most `count` descriptors: sees to it that numbers are there.
  void make_room(std::size_t count) {
    if (kernel_.open_descriptors() + count > numbers_) add_numbers(2 * numbers_);
  }
  // Before a call that asks for just this number.
  void make_room_at(int number);

 private:
  SimMachine() = default;
  void start(const sim::KernelConfig& config);
  void add_numbers(std::size_t wanted);

  sim::Kernel kernel_;
  int limit_ = 0;            // RLIMIT_NOFILE of the simulated process
  std::size_t numbers_ = 0;  // that the kernel may give out
  int first_unknown_ = 0;    // numbers below are occupied in the kernel or reserved
};

}  // namespace e3
