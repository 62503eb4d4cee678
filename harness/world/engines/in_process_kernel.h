// SPDX-License-Identifier: MIT
// What an in-process engine provides: the kernel below the target, and the peers' way into it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/faults/event_order.h"
#include "harness/faults/legal_results.h"
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
  // How many connections the listener's queue holds, if that is limited; whether it holds them.
  virtual std::optional<std::size_t> accept_queue() { return std::nullopt; }
  virtual bool accept_queue_is_full() { return false; }
  // The queue was full: the peer tries again when some time has passed.
  virtual bool wire_is_connecting(Wire& /*wire*/) { return false; }
  // Whether the peer can read there (POLLIN) or write (POLLOUT) without waiting.
  virtual bool wire_is_ready(Wire& wire, short events) = 0;
  virtual std::size_t open_descriptors() const = 0;

  // The next instant at which the kernel itself has something to do, if any.
  virtual std::optional<VirtualTime> next_timer() const { return std::nullopt; }
  virtual void time_moved(VirtualTime /*now*/) {}
  virtual bool step_realtime(VirtualTime /*by*/) { return false; }

  // What faults need (harness/faults). Which histories this kernel can show; the next four each
  // return false, and change nothing, where that cannot happen just now.
  virtual bool can_show(History history) const;
  virtual bool abort_pending(int /*listener*/) { return false; }
  virtual bool fail_connection(int /*fd*/, int /*error*/) { return false; }
  virtual bool more_may_arrive(int /*fd*/) { return false; }
  virtual bool fill_send_buffer(int /*fd*/) { return false; }
  // Bytes that are there already are a new edge.
  virtual void announce_arrival(int /*fd*/) {}

  // Who chooses among ready events; null: this kernel.
  virtual void set_event_order(EventOrder* /*order*/) {}

  void unmodelled(const char* call) override;

 protected:
  TargetTurn& turn() const { return *turn_; }

 private:
  TargetTurn* turn_;
};

}  // namespace e3
