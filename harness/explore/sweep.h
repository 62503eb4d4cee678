// SPDX-License-Identifier: MIT
// Many scenarios, by number. They are played in passing against one target, which is much faster
// than a target for each; what seems wrong is judged with targets of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "harness/explore/judge.h"
#include "harness/scenario/step.h"

namespace e3::explore {

struct Sweep {
  std::string what;  // plural: "fragmentations of 18 bytes"
  std::uint64_t total = 0;
  // Replaces `scenario` by the one of this number, below the total.
  std::function<void(std::uint64_t number, scenario::Scenario& scenario)> make = {};
  std::string remark = {};  // on what it does not show; or empty
  bool is_refused = false;  // there is nothing to play, and that is the target's fault
};

// A scenario that shows a bug.
struct Conviction {
  scenario::Scenario scenario;
  Violation violation;
};

struct SweepResult {
  std::uint64_t run = 0;     // below the total only where it was stopped by failures
  std::uint64_t struck = 0;  // scenarios in which a fault came to pass
  std::vector<Conviction> failures;
};

// Stops after ten failures. What is found is in `result` at once: an interruption, or a target that
// is lost, takes none of it away. `progress` is called with the number of scenarios run, before
// each and at the end; what it throws ends the sweep. Throws ControlFailed when the target fails
// only after many scenarios in a row.
void play(const Sweep& sweep, Judge& judge, SweepResult& result,
          const std::function<void(std::uint64_t run)>& progress);

// Of all pairs (0,1) (0,2) (1,2) (0,3) ..., the one of this number.
std::pair<std::uint64_t, std::uint64_t> pair_of(std::uint64_t number);

}  // namespace e3::explore
