// SPDX-License-Identifier: MIT
// What an in-process engine provides: the kernel below the target, and the peers' way into it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/world/engines/target_turn.h"
#include "harness/world/system_calls.h"
#include "harness/world/wire.h"
#include "harness/world/world.h"

namespace e3 {

class InProcessKernel : public SystemCalls {
 public:
  explicit InProcessKernel(TargetTurn& turn) : turn_(&turn) {}

  virtual std::string_view engine() const = 0;
  virtual Abilities abilities() const = 0;
  virtual bool listening() const = 0;
  // Null when nobody listens.
  virtual std::unique_ptr<Wire> connect_peer(const ConnectOptions& options) = 0;
  virtual bool writable(Wire& wire) = 0;
  virtual std::size_t open_descriptors() const = 0;

  // The next instant at which the kernel itself has something to do, if any.
  virtual std::optional<VirtualTime> next_timer() const { return std::nullopt; }
  virtual void time_moved(VirtualTime /*now*/) {}

  void unmodelled(const char* call) override;

 protected:
  TargetTurn& turn() const { return *turn_; }

 private:
  TargetTurn* turn_;
};

}  // namespace e3
