// SPDX-License-Identifier: MIT
// What the target's calls need from the world that runs it; used on the target's fiber.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/world/transcript.h"

namespace e3 {

// Thrown through the target to end it. Not a std::exception: a target's handlers must not take it.
struct TargetStopped {};

class TargetTurn {
 public:
  virtual ~TargetTurn() = default;
  // One finished call. `progress` is false when nothing changed hands: too many of those in a row
  // are a spin, which ends the target. Most calls end it by throwing TargetStopped; those that
  // libc declares noexcept cannot, and leave it to the next that can.
  virtual void called(std::string_view line, bool progress) = 0;
  virtual void called_noexcept(std::string_view line, bool progress) noexcept = 0;
  // Hands the turn to the scenario; returns when the target may look again. False: a signal has
  // ended the wait, and the call answers -EINTR.
  virtual bool wait(std::optional<VirtualTime> deadline) = 0;
  virtual VirtualTime now() const = 0;
  // The target dies of what it just did: unwinds it.
  [[noreturn]] virtual void die(std::string why) = 0;
  // The same where nothing can be thrown: the target is never resumed. Does not return.
  virtual void halt(std::string why) = 0;
};

}  // namespace e3
