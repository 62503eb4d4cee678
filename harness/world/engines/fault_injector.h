// SPDX-License-Identifier: MIT
// Strikes the target's calls as the plan of the run says, with the kernel's help where a result
// needs a history; and notes which calls were made, for those who look for a place to strike.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "harness/faults/fault_plan.h"
#include "harness/world/engines/in_process_kernel.h"
#include "harness/world/transcript.h"

namespace e3 {

class FaultInjector {
 public:
  explicit FaultInjector(InProcessKernel& kernel) : kernel_(&kernel) {}

  bool can_inject(const Fault& fault) const;
  void inject(const Fault& fault);
  void clear();
  std::size_t strikes() const { return plan_.strikes(); }
  // With an error, since the last clear(); nullopt: something else was struck, too.
  std::optional<std::size_t> connections_struck() const;

  void record_calls();
  const std::vector<CallSite>& recorded_calls() const { return sites_; }

  // True when calls must be announced to begin() and end().
  bool watching() const { return recording_ || no_descriptors_ || !plan_.empty(); }

  // A call of `kind` on `fd`, which is called `on`, with MSG_ flags and bytes to move where it has
  // them.
  struct Call {
    CallKind kind;
    DescriptorName on;
    int fd = -1;
    int flags = 0;
    std::size_t bytes = 0;
    // The connections that the target could close: with none, a lack of descriptors would last for
    // ever.
    std::size_t connections = 0;
  };
  struct Verdict {
    std::optional<long> result;          // the call is not made, and answers this
    std::size_t bytes = 0;               // else it moves at most so many, as asked or fewer
    std::optional<int> error_when_done;  // the call is made, and answers this all the same
    bool struck = false;
    FaultPlan::Due cut_short;  // strikes when the call does move `bytes`
  };
  // Valid until the next call begins: a target makes one call at a time.
  const Verdict& begin(const Call& call) { return verdict_ = verdict_on(call); }
  // After the call was made. True when it was struck.
  bool end(const Call& call, const Verdict& verdict, long result);

  // The target has closed one, announced or not.
  void descriptor_closed() { no_descriptors_ = false; }

  // Around epoll_wait(2) and its kin, announced or not: a fault may be injected while they sleep.
  void wait_begins(CallKind call, Role role) {
    waiting_ = true;
    wait_.call = call;
    wait_.role = role;
  }
  // True when a signal ended it.
  bool wait_ends(long result) {
    waiting_ = false;
    return (recording_ || signal_) && end_wait(result);
  }
  // Called when the call in progress is about to sleep: true when a signal comes first.
  bool interrupts_wait() {
    signal_struck_ = static_cast<bool>(signal_);
    return signal_struck_;
  }

 private:
  Verdict verdict_on(const Call& call);
  bool end_wait(long result);
  void note_site(CallKind call, Role role, long result);
  Verdict strike(const Call& call, const FaultPlan::Due& due);
  void note_victim(const Call& call);
  bool come_to_pass(const Call& call, const FaultPlan::Due& due);
  bool would_sleep(const Call& call);

  InProcessKernel* kernel_;
  FaultPlan plan_;
  Verdict verdict_;
  bool no_descriptors_ = false;  // until the target closes one
  std::vector<DescriptorName> connections_struck_;
  bool struck_elsewhere_ = false;
  bool waiting_ = false;
  CallSite wait_;          // the wait in progress
  FaultPlan::Due signal_;  // for it
  bool signal_struck_ = false;
  bool recording_ = false;
  std::vector<CallSite> sites_;
  // By kind and role; allocated when recording begins, since most worlds never do.
  using Ordinals = std::array<std::array<std::uint32_t, kRoles>, kCallKinds>;
  std::unique_ptr<Ordinals> ordinals_;
};

}  // namespace e3
