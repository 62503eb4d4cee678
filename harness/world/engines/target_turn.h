// SPDX-License-Identifier: MIT
// What the target's calls need from the world that runs it; used on the target's fiber.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "harness/world/transcript.h"

namespace e3 {

// Thrown through the target to end it. Not a std::exception: a target's handlers must not take it.
struct TargetStopped {};

class TargetTurn {
 public:
  virtual ~TargetTurn() = default;
  // The last call counted as a spin, which ends the target: most calls end it by throwing
  // TargetStopped; those that libc declares noexcept cannot, and leave it to the next that can.
  virtual void spins() = 0;
  virtual void spins_noexcept() noexcept = 0;
  // Hands the turn to the scenario; returns when the target may look again. False: a signal has
  // ended the wait, and the call answers -EINTR.
  virtual bool wait(std::optional<VirtualTime> deadline) = 0;
  virtual VirtualTime now() const = 0;
  // A clock is about to be read. True when that took time.
  virtual bool clock_asked() = 0;
  // The target dies of what it just did: unwinds it.
  [[noreturn]] virtual void die(std::string why) = 0;
  // The target makes no more calls, and computes: like spins(), by never resuming it.
  virtual void computes(std::chrono::milliseconds since_last_call) = 0;
  // As die() where nothing can be thrown: the target is never resumed. Does not return.
  virtual void halt(std::string why) = 0;
};

}  // namespace e3
