// SPDX-License-Identifier: MIT
// What an in-process engine provides: the kernel below the target, and the peers' way into it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/world/system_calls.h"
#include "harness/world/wire.h"
#include "harness/world/world.h"

namespace e3 {

// Thrown through the target to end it. Not a std::exception: a target's handlers must not take it.
struct TargetStopped {};

// What the kernel needs from the world that runs the target; used on the target's fiber.
class TargetTurn {
 public:
  virtual ~TargetTurn() = default;
  // One finished call. `progress` is false when nothing changed hands: too many of those in a row
  // are a spin, which ends the target. Most calls end it by throwing TargetStopped; those that
  // libc declares noexcept cannot, and leave it to the next that can.
  virtual void called(std::string_view line, bool progress) = 0;
  virtual void called_noexcept(std::string_view line, bool progress) noexcept = 0;
  // Hands the turn to the scenario; returns when the target may look again.
  virtual void wait(std::optional<VirtualTime> deadline) = 0;
  virtual VirtualTime now() const = 0;
  // The target dies of what it just did: unwinds it.
  [[noreturn]] virtual void die(std::string why) = 0;
  // The same where nothing can be thrown: the target is never resumed. Does not return.
  virtual void halt(std::string why) = 0;
};

class InProcessKernel : public SystemCalls {
 public:
  virtual std::string_view engine() const = 0;
  virtual Abilities abilities() const = 0;
  virtual bool listening() const = 0;
  // Null when nobody listens.
  virtual std::unique_ptr<Wire> connect(const ConnectOptions& options) = 0;
  virtual bool writable(Wire& wire) = 0;
  virtual std::size_t open_descriptors() const = 0;
  virtual const std::vector<std::string>& misuse() const = 0;
};

}  // namespace e3
