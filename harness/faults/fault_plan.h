// SPDX-License-Identifier: MIT
// The faults of one run, and whose turn it is to happen.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "harness/faults/fault.h"

namespace e3 {

class FaultPlan {
 public:
  // A fault whose call has come. It has not happened yet: see strike().
  struct Due {
    const LegalResult* result = nullptr;  // null: none is due
    std::size_t length = 0;               // of a short count
    std::size_t index = 0;

    explicit operator bool() const { return result != nullptr; }
  };

  bool empty() const { return entries_.empty(); }
  // Takes effect from the next call on. The fault must be one without objection.
  void add(const Fault& fault);
  void clear() { entries_.clear(); }

  // Counts one call; the first fault in the plan that is due for it, if any.
  Due count(CallKind call, Role role);
  // The fault has happened.
  void strike(const Due& due);
  // How often any fault has happened so far.
  std::size_t strikes() const { return strikes_; }

 private:
  struct Entry {
    Fault fault;
    std::uint32_t calls = 0;  // counted so far
    std::uint32_t left = 0;   // strikes
    // By the role of what is called: the fault's row of the table; null: it does not apply.
    std::array<const LegalResult*, kRoles> results{};
  };

  std::vector<Entry> entries_;
  std::size_t strikes_ = 0;
};

}  // namespace e3
