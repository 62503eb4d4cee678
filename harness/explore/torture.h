// SPDX-License-Identifier: MIT
// Plays a scenario again and again, each time with another of the target's calls failing in another
// of the ways in which it may legally fail: once, then sixteen times in a row, then two faults at a
// time. A correct server gives every peer its answer or an end, and recovers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "harness/explore/conviction.h"
#include "harness/explore/judge.h"
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
  TorturePlan(Judge& judge, const scenario::Scenario& scenario, const TortureOptions& options);

  std::size_t calls() const { return calls_; }
  std::uint64_t singles() const { return singles_.size(); }
  std::uint64_t persistent() const { return persistent_.size(); }
  std::uint64_t pairs() const { return pairs_; }
  std::uint64_t pairs_possible() const;
  std::uint64_t total() const { return singles() + persistent() + pairs(); }
  // Replaces `faults` by those of run `number`, below total().
  void make(std::uint64_t number, Faults& faults) const;

 private:
  std::size_t calls_ = 0;
  Faults singles_;
  Faults persistent_;
  std::uint64_t pairs_ = 0;
};

struct TortureResult {
  std::uint64_t run = 0;
  std::uint64_t struck = 0;  // runs in which a fault came to pass
  std::vector<Conviction> failures;
};

TortureResult torture(const TorturePlan& plan, Judge& judge, const scenario::Scenario& scenario,
                      const std::function<void(std::uint64_t run)>& progress);

}  // namespace e3::explore
