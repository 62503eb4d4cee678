// SPDX-License-Identifier: MIT
// A scenario again and again, each time with another of the target's calls failing in another of
// the ways in which it may legally fail: once, then sixteen times in a row, then two faults at a
// time. A correct server gives every peer its answer or an end, and recovers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/explore/judge.h"
#include "harness/explore/sweep.h"
#include "harness/faults/fault.h"
#include "harness/scenario/step.h"

namespace e3::explore {

struct TortureOptions {
  Tier tier = Tier::kLinux;
  // Of a call that moved more bytes than this, so many short counts are tried, evenly spread.
  std::size_t short_counts = 16;
  std::uint64_t pairs = 10'000;
};

// One run: the faults that are injected before the scenario begins.
using Faults = std::vector<Fault>;

// What there is to try on one scenario, as numbered runs.
class TorturePlan {
 public:
  // Plays the scenario undisturbed and records the calls. Throws ControlFailed when that fails.
  TorturePlan(Judge& judge, scenario::Scenario scenario, const TortureOptions& options);

  std::size_t calls() const { return calls_; }
  std::uint64_t singles() const { return singles_.size(); }
  std::uint64_t persistent() const { return persistent_.size(); }
  std::uint64_t pairs() const { return pairs_; }
  std::uint64_t pairs_possible() const;
  std::uint64_t total() const { return singles() + persistent() + pairs(); }
  // Replaces `faults` by those of run `number`, below total().
  void make(std::uint64_t number, Faults& faults) const;
  // All of it. The plan must outlive it.
  Sweep sweep() const;

 private:
  scenario::Scenario scenario_;
  std::size_t calls_ = 0;
  Faults singles_;
  Faults persistent_;
  std::uint64_t pairs_ = 0;
};

// Three peers: a request in two pieces, one whose answer does not fit (where the protocol has
// such), one that resets. Those that stay end their sending side at last, so that the end of input
// and the close of a connection can fail, too.
scenario::Scenario torture_scenario(const Protocol& protocol);

}  // namespace e3::explore
