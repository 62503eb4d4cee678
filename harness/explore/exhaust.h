// SPDX-License-Identifier: MIT
// Everything there is, where that is little enough: each sweep numbers its scenarios from 0 to
// total - 1 and leaves none out, so that its completeness can be stated.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/explore/judge.h"
#include "harness/scenario/step.h"

namespace e3::explore {

struct Sweep {
  std::string what;  // plural: "fragmentations of 18 bytes"
  std::uint64_t total = 0;
  // Replaces `scenario` by the one of this number.
  std::function<void(std::uint64_t number, scenario::Scenario& scenario)> make;
};

// Longer requests have too many fragmentations: of those, only the ones into three are tried.
constexpr std::size_t kFragmentedMax = 24;

// All 2^(n-1) ways to cut the request; or all ways to cut a longer one into at most three.
Sweep fragmentations(const std::string& request);
// All orders in which the fragments of two peers can come, and all ways in which the server may
// look in between.
Sweep interleavings(const std::string& request);
// All orders of a batch of 2 to 5 events: requests, ends of input, closes, resets, arrivals.
Sweep event_orders(const std::string& request);
// Every way to hang up, after every number of bytes of the request, before and after the server
// has looked.
Sweep hangups_in_request(const std::string& request);
// Every way to hang up, after every number of bytes of the answer, which is larger than the buffers
// if the request asks for one that is.
Sweep hangups_in_answer(const std::string& request, std::size_t answer_size);

struct SweepFailure {
  scenario::Scenario scenario;
  Violation violation;
};

struct SweepResult {
  std::uint64_t run = 0;  // below the total only where it was stopped by failures
  std::vector<SweepFailure> failures;
};

// `progress` is called now and then with the number of scenarios run.
SweepResult exhaust(const Sweep& sweep, Judge& judge,
                    const std::function<void(std::uint64_t run)>& progress);

}  // namespace e3::explore
