// SPDX-License-Identifier: MIT
// Makes a failing scenario small: fewer steps, fewer bytes, fewer peers, rounder amounts, plainer
// faults, for as long as it fails in the same way.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>

#include "harness/explore/judge.h"
#include "harness/scenario/step.h"

namespace e3::explore {

// Whether a candidate still fails, and in the same way.
using StillFails = std::function<bool(const scenario::Scenario&)>;

struct Minimized {
  scenario::Scenario scenario;
  std::size_t runs = 0;      // calls of StillFails
  Violation violation = {};  // of the scenario; only where a judge found it
  // What was thrown meanwhile: an interruption, a lost target. The scenario is as small as it had
  // become by then.
  std::exception_ptr ended_by;
};

// The result fails, and stops failing when any one step or byte is taken away, unless `budget` runs
// were not enough to get there. `scenario` must fail.
Minimized minimize(const scenario::Scenario& scenario, const StillFails& still_fails,
                   std::size_t budget = 100'000);

// `found` is what the judge has found in it. `progress` is called before each run with the number
// of those before it; what it throws ends the work.
Minimized minimize(
    const scenario::Scenario& scenario, Judge& judge, const Violation& found, std::size_t budget,
    const std::function<void(std::size_t runs)>& progress = [](std::size_t /*runs*/) {});

}  // namespace e3::explore
