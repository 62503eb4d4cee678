// SPDX-License-Identifier: MIT
// What a call answers instead of sleeping. The model never blocks: the engine that asked runs the
// scenario, or moves the clock, and asks again.
#pragma once

#include <cstddef>
#include <limits>

#include "virtual_clock.h"

namespace e3::sim {

// Returned by a call that would sleep; no Linux result has this value. Kernel::block() says for how
// long. To go on, call again with the same arguments (buffers advanced by `progress`); at the
// deadline, or when a signal arrives, stop asking and answer the process `progress` if it is not
// zero, else `at_deadline` (for a signal: -EINTR unless that is positive).
inline constexpr long kWouldBlock = std::numeric_limits<long>::min();

struct Block {
  Nanoseconds deadline = kNever;  // CLOCK_MONOTONIC; kNever when only an event can end the wait
  long at_deadline = 0;           // the call's result once the deadline has passed
  std::size_t progress = 0;       // bytes this call has already moved
};

}  // namespace e3::sim
