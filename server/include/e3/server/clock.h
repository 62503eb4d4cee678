// SPDX-License-Identifier: MIT
// The two clocks a server needs: one that only moves forward, for deadlines, and the wall clock,
// for Date.
#pragma once

#include <chrono>

namespace e3::server {

// Nanoseconds on CLOCK_MONOTONIC since its unspecified origin. Setting the wall clock does not move
// it.
using Instant = std::chrono::nanoseconds;

inline constexpr Instant kNever = Instant::max();

Instant monotonic_now();
std::chrono::seconds wall_clock_now();  // since 1970-01-01 00:00:00 UTC

}  // namespace e3::server
