// SPDX-License-Identifier: MIT
#include "harness/world/engines/sim/sim_machine.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/world/engines/sim/descriptor_numbers.h"
#include "harness/world/interpose/real_calls.h"

namespace e3 {
namespace {

constexpr std::size_t kFirstNumbers = 64;
constexpr std::size_t kMachinesKept = 4;
constexpr rlim_t kDescriptorsMax = 65536;

// Never destroyed: a world may outlive static objects.
std::vector<std::unique_ptr<SimMachine>>& spare_machines() {
  static thread_local auto& machines = *new std::vector<std::unique_ptr<SimMachine>>;
  return machines;
}

}  // namespace

SimMachine::~SimMachine() {
  kernel_.reset();
  return_numbers();
}

std::unique_ptr<SimMachine> SimMachine::take(const sim::KernelConfig& config) {
  auto& spare = spare_machines();
  std::unique_ptr<SimMachine> machine;
  if (spare.empty()) {
    machine.reset(new SimMachine);
  } else {
    machine = std::move(spare.back());
    spare.pop_back();
  }
  machine->start(config);
  return machine;
}

void SimMachine::give_back(std::unique_ptr<SimMachine> machine) {
  auto& spare = spare_machines();
  if (spare.size() < kMachinesKept) spare.push_back(std::move(machine));
}

void SimMachine::start(const sim::KernelConfig& config) {
  kernel_.reset(config);
  return_numbers();
  shared_.clear();
  limit_ = config.descriptor_limit;
  add_numbers(std::max(kFirstNumbers, numbers_));
}

// Numbers that the real process uses, between and below the reserved ones, are occupied.
void SimMachine::add_numbers(std::size_t wanted) {
  const std::vector<int>& reserved =
      reserved_descriptor_numbers(std::min(wanted, static_cast<std::size_t>(limit_)));
  for (; first_unknown_ <= reserved.back(); ++first_unknown_) {
    kernel_.occupy_number(first_unknown_);
  }
  if (numbers_ != reserved.size()) {
    for (const int number : reserved) {
      if (!kernel_.owns(number)) kernel_.vacate_number(number);
    }
  }
  numbers_ = reserved.size();
  kernel_.set_descriptor_limit(std::min(limit_, reserved.back() + 1));
}

// A number is a real one: of those there are no more than kDescriptorsMax.
void SimMachine::set_descriptor_limit(rlim_t limit) {
  limit_ = static_cast<int>(std::min<rlim_t>(limit, kDescriptorsMax));
  kernel_.set_process_limit(limit_);
  add_numbers(numbers_);
}

SimMachine::Room SimMachine::room_at(int number) {
  // Beyond the limit nothing is opened: all the process's numbers would be kept for nothing.
  while (number < limit_ && first_unknown_ <= number) add_numbers(2 * numbers_);
  return Room(*this);
}

void SimMachine::real_file_closed(int number) {
  if (number >= first_unknown_) return;  // to be reserved like any other
  const bool known =
      std::any_of(shared_.begin(), shared_.end(),
                  [number](const SharedNumber& each) { return each.number == number; });
  if (!known) shared_.push_back({number, /*held=*/false});
}

void SimMachine::borrow_numbers() {
  std::erase_if(shared_, [](const SharedNumber& each) { return is_reserved_number(each.number); });
  for (SharedNumber& each : shared_) {
    each.held = each.held || hold_number(each.number);
    if (each.held && !kernel_.owns(each.number)) kernel_.vacate_number(each.number);
  }
}

void SimMachine::return_numbers() {
  for (SharedNumber& each : shared_) {
    if (!each.held || kernel_.owns(each.number)) continue;
    kernel_.occupy_number(each.number);
    real::close(each.number);
    each.held = false;
  }
}

}  // namespace e3
