// SPDX-License-Identifier: MIT
// Runs a linked-in server on a fiber above an in-process kernel, in virtual time. When the server
// would block, the scenario goes on; settle() gives the turn back. No threads, no sleeps.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/world/engines/call_log.h"
#include "harness/world/engines/call_trace.h"
#include "harness/world/engines/fault_injector.h"
#include "harness/world/engines/in_process_kernel.h"
#include "harness/world/engines/in_process_target.h"
#include "harness/world/fiber.h"
#include "harness/world/world.h"

namespace e3 {

class InProcessWorld final : public World, private TargetTurn, private EventOrder {
 public:
  using MakeKernel = std::function<std::unique_ptr<InProcessKernel>(TargetTurn&)>;

  // Starts the target and runs it until it waits for its first connection.
  InProcessWorld(InProcessTarget target, const MakeKernel& make_kernel, Transcript& transcript);
  ~InProcessWorld() override;

  const Abilities& abilities() const override { return abilities_; }
  std::string_view engine() const override { return kernel_->engine(); }
  std::optional<std::size_t> accept_queue() override { return kernel_->accept_queue(); }
  void settle() override;
  void hold() override { held_ = true; }
  void release() override { held_ = false; }
  void advance(VirtualTime duration) override;
  bool wait_readable(Wire& wire) override;
  bool wait_writable(Wire& wire) override;
  Health health() override;
  std::optional<std::size_t> descriptors_down_to(std::size_t wanted) override;
  bool can_inject(const Fault& fault) const override { return injector_.can_inject(fault); }
  void inject(const Fault& fault) override;
  void clear_faults() override { injector_.clear(); }
  std::size_t faults_struck() const override { return injector_.strikes(); }
  std::optional<std::size_t> connections_struck() const override {
    return injector_.connections_struck();
  }
  void order_events(EventOrder* order) override;
  void set_clock_drift(VirtualTime per_reading) override { clock_drift_ = per_reading; }
  bool step_realtime(VirtualTime by) override { return kernel_->step_realtime(by); }
  void set_moment(VirtualTime moment) override { moment_ = moment; }
  void allow_busy_wait(bool allowed) override { busy_wait_allowed_ = allowed; }
  std::optional<std::string> sleeps_in() override;
  std::string sleeps_beside_loop() override;
  std::optional<std::size_t> connections_accepted() const override {
    return trace_.connections_accepted();
  }
  void record_calls() override { injector_.record_calls(); }
  std::vector<CallSite> recorded_calls() const override { return injector_.recorded_calls(); }
  VirtualTime now() const override { return log_.now; }
  void forget(Wire& /*wire*/) override {}
  Usage usage() override;

 private:
  std::unique_ptr<Wire> open_wire(const ConnectOptions& options) override;
  std::size_t next(std::size_t waiting, std::size_t reported) override;
  void computes(std::chrono::milliseconds since_last_call) override;
  void spins() override;
  void spins_noexcept() noexcept override;
  bool wait(std::optional<VirtualTime> deadline) override;
  bool clock_asked() override;
  [[noreturn]] void die(std::string why) override;
  void halt(std::string why) override;

  std::optional<VirtualTime> next_wake() const;
  void move_time(VirtualTime when);
  void pass_time(VirtualTime duration);
  void let_connect(Wire& wire);
  // Lets the target's timers expire, one after the other, until `enough()`, for `at_most`.
  template <typename Enough>
  void let_time_pass(VirtualTime at_most, const Enough& enough);
  void run_target();
  void resume();
  void end_target();

  InProcessTarget target_;
  std::unique_ptr<InProcessKernel> kernel_;
  CallLog log_;
  FaultInjector injector_;
  CallTrace trace_;
  Abilities abilities_;
  Fiber fiber_;
  std::optional<VirtualTime> deadline_;  // when the target wants to wake by itself
  EventOrder* event_order_ = nullptr;
  VirtualTime clock_drift_{0};
  // Longer pauses are told apart from silence by advance().
  VirtualTime moment_ = std::chrono::milliseconds(100);
  bool busy_wait_allowed_ = true;
  bool busy_wait_ended_ = false;  // in this turn
  bool held_ = false;
  bool stop_asked_ = false;  // its wait has not been interrupted for that yet
  bool unwinding_ = false;   // wait() throws: the target did not return by itself
  bool halted_ = false;      // the fiber must not be resumed
  std::optional<std::string> death_;
  std::optional<std::string> spin_;
  bool spins_on_event_ = false;
};

}  // namespace e3
