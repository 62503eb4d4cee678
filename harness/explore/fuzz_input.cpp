// SPDX-License-Identifier: MIT
#include "harness/explore/fuzz_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "harness/explore/minimize.h"
#include "harness/scenario/byte_form.h"
#include "harness/scenario/text_form.h"
#include "harness/world/interpose/interpose.h"

namespace e3::explore {
namespace {

// Longer scenarios show nothing that these do not, and cost executions.
constexpr std::size_t kStepsMax = 256;
// So that the time-out of an input, which libFuzzer counts on meanwhile, is far away.
constexpr std::size_t kMinimizingRuns = 20'000;
constexpr std::chrono::seconds kMinimizingTime{2};

std::size_t runs_for(std::chrono::steady_clock::duration of_one) {
  const auto affordable = kMinimizingTime / std::max(of_one, decltype(of_one){1});
  return std::min(kMinimizingRuns, static_cast<std::size_t>(affordable));
}

}  // namespace

InputJudge::InputJudge(InProcessTarget target, InProcessEngine engine, Protocol protocol)
    : source_(std::move(target), engine, /*seed=*/42, transcript_),
      judge_(source_, std::move(protocol)) {
  interpose::give_alarms_real_calls();
}

void InputJudge::judge(const std::uint8_t* data, std::size_t size) {
  scenario::decode({reinterpret_cast<const char*>(data), size}, scenario_);
  if (scenario_.size() > kStepsMax) scenario_.resize(kStepsMax);
  const auto found = judge_.judge(scenario_);
  if (!found) return;
  fmt::print(stderr, "\nfound {}, and minimises: {}\n", to_string(found->symptom), found->actual);
  const auto begin = std::chrono::steady_clock::now();
  judge_.judge(scenario_);
  const std::size_t runs = runs_for(std::chrono::steady_clock::now() - begin);
  const Minimized small = minimize(scenario_, judge_, *found, runs);
  const auto violation = judge_.judge(small.scenario).value_or(*found);
  std::string text = fmt::format("\nfinding: {}\n  expected: {}\n  actual:   {}\n\n{}\n{}\n",
                                 to_string(violation.symptom), violation.expected, violation.actual,
                                 kScenarioHeading, scenario::print(small.scenario));
  for (const std::string& line : transcript_.lines()) text += line + "\n";
  fmt::print(stderr, "{}", text);
  std::abort();
}

}  // namespace e3::explore
