// SPDX-License-Identifier: MIT
// A simulated kernel that may use the real process's reserved descriptor numbers and no others; and
// the store of used ones, since a world is made far more often than a kernel need be.
#pragma once

#include <sys/resource.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "harness/kernel/kernel.h"

namespace e3 {

class SimMachine {
 public:
  ~SimMachine();
  SimMachine(const SimMachine&) = delete;
  SimMachine& operator=(const SimMachine&) = delete;

  sim::Kernel& kernel() { return kernel_; }
  const sim::Kernel& kernel() const { return kernel_; }

  // A machine as new, one that has been given back if there is one.
  static std::unique_ptr<SimMachine> take(const sim::KernelConfig& config);
  static void give_back(std::unique_ptr<SimMachine> machine);

  // Around a call that makes or closes descriptors: meanwhile the numbers of real files that the
  // target has closed may be given to simulated ones.
  class Room {
   public:
    explicit Room(SimMachine& machine) : machine_(&machine) {
      if (!machine_->shared_.empty()) machine_->borrow_numbers();
    }
    ~Room() {
      if (!machine_->shared_.empty()) machine_->return_numbers();
    }
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;

   private:
    SimMachine* machine_;
  };

  // For a call that makes at most `count` descriptors: sees to it that numbers are there.
  [[nodiscard]] Room room_for(std::size_t count) {
    if (kernel_.open_descriptors() + count > numbers_) add_numbers(2 * numbers_);
    return Room(*this);
  }
  // For a call that asks for just this number, or one up to it.
  [[nodiscard]] Room room_at(int number);
  [[nodiscard]] Room closing() { return Room(*this); }

  // RLIMIT_NOFILE of the simulated process.
  rlim_t descriptor_limit() const { return static_cast<rlim_t>(limit_); }
  void set_descriptor_limit(rlim_t limit);

  // The target has closed a real file: whoever opens the next file, simulated or real, may get its
  // number. Servers keep a spare file for want of descriptors.
  void real_file_closed(int number);

 private:
  struct SharedNumber {
    int number;
    bool held;  // by a placeholder, as reserved numbers are
  };

  SimMachine() = default;
  void start(const sim::KernelConfig& config);
  void add_numbers(std::size_t wanted);
  void borrow_numbers();
  void return_numbers();

  sim::Kernel kernel_;
  int limit_ = 0;
  std::size_t numbers_ = 0;  // that the kernel may give out
  int first_unknown_ = 0;    // numbers below are occupied in the kernel or reserved
  std::vector<SharedNumber> shared_;
};

}  // namespace e3
