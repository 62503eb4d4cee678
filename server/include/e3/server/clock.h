// SPDX-License-Identifier: MIT
// The two clocks a server needs: one that only moves forward, for deadlines, and the wall clock,
// for Date. clock_gettime(2) is called directly, so that whoever answers system calls for the
// process also tells the time.
#pragma once

#include <time.h>

#include <chrono>

namespace e3::server {

// Nanoseconds on CLOCK_MONOTONIC since its unspecified origin. Setting the wall clock does not move
// it.
using Instant = std::chrono::nanoseconds;

inline constexpr Instant kNever = Instant::max();

inline Instant read_clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

inline Instant monotonic_now() { return read_clock(CLOCK_MONOTONIC); }

// Since 1970-01-01 00:00:00 UTC.
inline std::chrono::seconds wall_clock_now() {
  return std::chrono::floor<std::chrono::seconds>(read_clock(CLOCK_REALTIME));
}

}  // namespace e3::server
