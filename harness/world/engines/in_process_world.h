// SPDX-License-Identifier: MIT
// Runs a linked-in server on a fiber above an in-process kernel, in virtual time. When the server
// would block, the scenario goes on; settle() gives the turn back. No threads, no sleeps.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/world/engines/call_trace.h"
#include "harness/world/engines/fault_injector.h"
#include "harness/world/engines/in_process_kernel.h"
#include "harness/world/engines/in_process_target.h"
#include "harness/world/fiber.h"
#include "harness/world/world.h"

namespace e3 {

class InProcessWorld final : public World, private TargetTurn {
 public:
  using MakeKernel = std::function<std::unique_ptr<InProcessKernel>(TargetTurn&)>;

  // Starts the target and runs it until it waits for its first connection.
  InProcessWorld(InProcessTarget target, const MakeKernel& make_kernel, Transcript& transcript);
  ~InProcessWorld() override;

  const Abilities& abilities() const override { return abilities_; }
  std::string_view engine() const override { return kernel_->engine(); }
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
  void record_calls() override { injector_.record_calls(); }
  std::vector<CallSite> recorded_calls() const override { return injector_.recorded_calls(); }
  VirtualTime now() const override { return now_; }
  void forget(Wire& /*wire*/) override {}

  // No-progress calls in a row that count as a spin. A correct server makes a handful: EAGAIN
  // once per descriptor and batch, an empty wait when a timer is near.
  static constexpr int kSpinCalls = 1000;
  // Calls of any kind in one turn: a loop of open and close makes "progress" for ever.
  static constexpr int kTurnCalls = 1'000'000;

 private:
  std::unique_ptr<Wire> open_wire(const ConnectOptions& options) override;
  void called(std::string_view line, bool progress) override;
  void called_noexcept(std::string_view line, bool progress) noexcept override;
  bool wait(std::optional<VirtualTime> deadline) override;
  [[noreturn]] void die(std::string why) override;
  void halt(std::string why) override;

  std::optional<VirtualTime> next_wake() const;
  void move_time(VirtualTime when);
  void run_target();
  void resume();
  void end_target();

  InProcessTarget target_;
  std::unique_ptr<InProcessKernel> kernel_;
  FaultInjector injector_;
  CallTrace trace_;
  Abilities abilities_;
  Fiber fiber_;
  VirtualTime now_{0};
  std::optional<VirtualTime> deadline_;  // when the target wants to wake by itself
  bool held_ = false;
  bool leaving_ = false;    // the target is being ended; nothing it does counts any more
  bool unwinding_ = false;  // wait() throws: the target did not return by itself
  bool halted_ = false;     // the fiber must not be resumed
  int idle_calls_ = 0;
  int turn_calls_ = 0;
  std::optional<std::string> death_;
  std::optional<std::string> spin_;
};

}  // namespace e3
