// SPDX-License-Identifier: MIT
#include "harness/explore/sweep.h"

#include <cmath>
#include <utility>

#include "harness/scenario/text_form.h"

namespace e3::explore {
namespace {

using scenario::Scenario;

constexpr std::size_t kFailuresMax = 10;

// `latest` seemed wrong: by itself, or since the one before has left the target in a bad state.
// Each is judged with a target of its own.
void convict(Judge& judge, const Scenario& before, const Scenario& latest,
             std::vector<Conviction>& convictions) {
  const std::size_t known = convictions.size();
  for (const Scenario* suspect : {&before, &latest}) {
    if (auto found = judge.judge(*suspect)) convictions.push_back({*suspect, std::move(*found)});
  }
  if (convictions.size() > known || known > 0) return;
  throw ControlFailed("the target fails only after many scenarios in a row; the last was:\n" +
                      scenario::print(latest));
}

}  // namespace

void play(const Sweep& sweep, Judge& judge, SweepResult& result,
          const std::function<void(std::uint64_t run)>& progress) {
  Scenario scenario;
  Scenario before;  // whose memory is used again
  while (result.run < sweep.total && result.failures.size() < kFailuresMax) {
    progress(result.run);
    std::swap(scenario, before);
    sweep.make(result.run++, scenario);
    const bool wrong = judge.seems_wrong(scenario);
    if (judge.faults_struck() > 0) ++result.struck;
    if (!wrong) continue;
    convict(judge, before, scenario, result.failures);
    scenario.clear();  // the next one does not suffer from it: it has a new target
  }
  if (auto found = judge.judge(scenario)) {  // nothing has come after it that would have suffered
    result.failures.push_back({scenario, std::move(*found)});
  }
  progress(result.run);
}

std::pair<std::uint64_t, std::uint64_t> pair_of(std::uint64_t number) {
  // Before the pairs with a second there are second * (second - 1) / 2; the root is a guess.
  const auto before = [](std::uint64_t second) { return second * (second - 1) / 2; };
  auto second = static_cast<std::uint64_t>(std::sqrt(2.0 * static_cast<double>(number))) + 1;
  while (before(second) > number) --second;
  while (before(second + 1) <= number) ++second;
  return {number - before(second), second};
}

}  // namespace e3::explore
