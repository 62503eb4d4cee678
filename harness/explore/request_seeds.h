// SPDX-License-Identifier: MIT
// Scenarios for a fuzzer to begin with, made of the protocol's own request: what a fuzzer would
// need long to invent is the request, not what can happen to it.
#pragma once

#include <string_view>
#include <vector>

#include "harness/explore/judge.h"
#include "harness/scenario/step.h"

namespace e3::explore {

struct Seed {
  std::string_view name;  // fit for a file
  scenario::Scenario scenario;
};

// None cuts a request of one byte; that has fewer.
std::vector<Seed> request_seeds(const Protocol& protocol);

}  // namespace e3::explore
