// SPDX-License-Identifier: MIT
// Time of the simulated machine. It moves only when it is told to, so a 30-second timeout costs
// nothing and every run of a scenario sees the same instants.
#pragma once

#include <cstdint>
#include <limits>

namespace e3::sim {

// Nanoseconds, as an instant on CLOCK_MONOTONIC or as a duration; which one, the name says.
using Nanoseconds = std::int64_t;

inline constexpr Nanoseconds kNever = std::numeric_limits<Nanoseconds>::max();
inline constexpr Nanoseconds kSecond = 1'000'000'000;
inline constexpr Nanoseconds kMillisecond = 1'000'000;

class VirtualClock {
 public:
  // Both clocks tick together; `realtime_offset` is CLOCK_REALTIME minus CLOCK_MONOTONIC.
  VirtualClock(Nanoseconds monotonic, Nanoseconds realtime_offset)
      : now_(monotonic), realtime_offset_(realtime_offset) {}

  Nanoseconds monotonic() const { return now_; }
  Nanoseconds realtime() const { return now_ + realtime_offset_; }
  Nanoseconds realtime_offset() const { return realtime_offset_; }

  // Time never goes back: an instant in the past leaves the clock as it is.
  void advance_to(Nanoseconds instant) {
    if (instant > now_) now_ = instant;
  }
  // CLOCK_REALTIME alone is set forth, or back: clock_settime(2).
  void step_realtime(Nanoseconds by) { realtime_offset_ += by; }

  // The instant `duration` from now; kNever when it lies beyond what the clock can count.
  Nanoseconds after(Nanoseconds duration) const {
    return duration >= kNever - now_ ? kNever : now_ + duration;
  }

 private:
  Nanoseconds now_;
  Nanoseconds realtime_offset_;
};

}  // namespace e3::sim
