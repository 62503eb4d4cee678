// SPDX-License-Identifier: MIT
// One input of a schedule fuzzer: a scenario in the byte form, judged against a new target.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/explore/world_judge.h"
#include "harness/world/engines/in_process_source.h"

namespace e3::explore {

// What stands above the minimised scenario in a finding's report; a blank line ends it.
inline constexpr std::string_view kScenarioHeading = "minimised scenario:";

// Made once for all inputs of a process, and never destroyed.
class InputJudge {
 public:
  InputJudge(InProcessTarget target, InProcessEngine engine, Protocol protocol);

  // On a finding prints what went wrong, the minimised scenario and its transcript, and aborts.
  void judge(const std::uint8_t* data, std::size_t size);

 private:
  Transcript transcript_;
  InProcessSource source_;
  WorldJudge judge_;
  scenario::Scenario scenario_;
};

}  // namespace e3::explore
