// SPDX-License-Identifier: MIT
// Waiting for a condition in another process: look, pause briefly, look again, within a bound.
#pragma once

#include <poll.h>

#include <chrono>
#include <span>

namespace e3 {

class Patience {
 public:
  explicit Patience(std::chrono::nanoseconds bound)
      : end_(std::chrono::steady_clock::now() + bound) {}

  bool exhausted() const { return std::chrono::steady_clock::now() >= end_; }
  // How long poll(2) may wait: never longer than a look at the target's life is due.
  int poll_timeout() const;
  // Gives the processor away, for longer each time, at most two milliseconds. Throws Interrupted.
  void pause() const;
  void pause_uninterrupted() const;

 private:
  std::chrono::steady_clock::time_point end_;
  mutable std::chrono::nanoseconds next_pause_{0};
};

// Until any of the entries has what it asks for; false when none has within `bound`. Throws
// Interrupted.
bool poll_any(std::span<pollfd> entries, std::chrono::nanoseconds bound);

}  // namespace e3
