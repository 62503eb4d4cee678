// SPDX-License-Identifier: MIT
// What will happen at a known instant: timerfd expirations and TCP's own timers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "virtual_clock.h"

namespace e3::sim {

// Embedded in its owner; set and cancelled through the queue.
class Timer {
 public:
  using Action = void (*)(void* owner);
  Timer(Action action, void* owner) : action_(action), owner_(owner) {}

  bool armed() const { return instant_ != kNever; }
  Nanoseconds instant() const { return instant_; }

 private:
  friend class TimerQueue;

  Action action_;
  void* owner_;
  Nanoseconds instant_ = kNever;
  std::uint64_t order_ = 0;
  std::size_t position_ = 0;
};

// Timers of one instant expire in the order in which they were set.
class TimerQueue {
 public:
  void set(Timer& timer, Nanoseconds instant);
  void cancel(Timer& timer);
  // The earliest instant at which something expires; kNever when nothing will.
  Nanoseconds next() const { return heap_.empty() ? kNever : heap_.front()->instant_; }
  // Runs the earliest timer, which must be due, and disarms it.
  void expire_next();
  void reset();

 private:
  static bool earlier(const Timer& a, const Timer& b);
  void move_up(std::size_t position);
  void move_down(std::size_t position);
  void put(std::size_t position, Timer& timer);

  std::vector<Timer*> heap_;
  std::uint64_t order_ = 0;
};

}  // namespace e3::sim
