// SPDX-License-Identifier: MIT
#include "harness/explore/torture.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace e3::explore {
namespace {

using scenario::Scenario;
using scenario::Step;
using scenario::Verb;

constexpr std::size_t kFailuresMax = 10;
constexpr std::uint64_t kProgressEvery = 1024;
// In a row: enough for every place that retries once or twice, too few to look like a spin.
constexpr std::uint32_t kPersistently = 16;

// Which short counts of a call that moved `moved` bytes are tried.
std::vector<std::size_t> short_counts(long moved, std::size_t budget) {
  std::vector<std::size_t> lengths;
  const std::size_t most = moved > 1 ? static_cast<std::size_t>(moved) - 1 : 0;
  const std::size_t count = std::min(most, budget);
  for (std::size_t i = 0; i < count; ++i) {
    lengths.push_back(count == 1 ? 1 : 1 + i * (most - 1) / (count - 1));
  }
  return lengths;
}

Faults faults_of(const CallSite& site, const TortureOptions& options) {
  Faults faults;
  for (const LegalResult& result : legal_results(site.call, site.role, options.tier)) {
    Fault fault{.call = site.call, .role = site.role, .error = result.error, .nth = site.ordinal};
    if (result.error != 0) {
      faults.push_back(fault);
      continue;
    }
    for (const std::size_t length : short_counts(site.result, options.short_counts)) {
      fault.length = length;
      faults.push_back(fault);
    }
  }
  return faults;
}

Scenario with_faults(const Faults& faults, const Scenario& scenario) {
  Scenario whole;
  for (const Fault& fault : faults) whole.push_back({.verb = Verb::kFault, .fault = fault});
  whole.insert(whole.end(), scenario.begin(), scenario.end());
  return whole;
}

}  // namespace

TorturePlan::TorturePlan(Judge& judge, const Scenario& scenario, const TortureOptions& options) {
  const std::vector<CallSite> sites = judge.record_calls(scenario);
  calls_ = sites.size();
  for (const CallSite& site : sites) {
    for (const Fault& fault : faults_of(site, options)) {
      if (!judge.can_inject(fault)) continue;
      singles_.push_back(fault);
      persistent_.push_back(fault);
      persistent_.back().times = kPersistently;
    }
  }
  pairs_ = std::min(options.pairs, pairs_possible());
}

std::uint64_t TorturePlan::pairs_possible() const {
  return singles_.size() * (singles_.size() - std::min<std::size_t>(singles_.size(), 1)) / 2;
}

void TorturePlan::make(std::uint64_t number, Faults& faults) const {
  faults.clear();
  if (number < singles()) {
    faults.push_back(singles_[number]);
    return;
  }
  number -= singles();
  if (number < persistent()) {
    faults.push_back(persistent_[number]);
    return;
  }
  // The pairs (0,1) (0,2) (1,2) (0,3) ..., evenly thinned out to the budget.
  number -= persistent();
  std::uint64_t pair = number * pairs_possible() / pairs_;
  std::uint64_t second = 1;
  while (pair >= second) pair -= second++;
  faults.push_back(singles_[pair]);
  faults.push_back(singles_[second]);
}

TortureResult torture(const TorturePlan& plan, Judge& judge, const Scenario& scenario,
                      const std::function<void(std::uint64_t run)>& progress) {
  TortureResult result;
  Faults faults;
  Scenario before;
  while (result.run < plan.total() && result.failures.size() < kFailuresMax) {
    if (result.run % kProgressEvery == 0) progress(result.run);
    plan.make(result.run++, faults);
    Scenario whole = with_faults(faults, scenario);
    const bool wrong = judge.seems_wrong(whole);
    if (judge.faults_struck() > 0) ++result.struck;
    if (wrong) convict(judge, before, whole, result.failures);
    before = wrong ? scenario : std::move(whole);
  }
  if (auto found = judge.judge(before)) {  // nothing has come after it that would have suffered
    result.failures.push_back({std::move(before), std::move(*found)});
  }
  progress(result.run);
  return result;
}

}  // namespace e3::explore
