// SPDX-License-Identifier: MIT
#include "harness/explore/torture.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace e3::explore {
namespace {

using scenario::Scenario;
using scenario::Verb;

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

}  // namespace

TorturePlan::TorturePlan(Judge& judge, Scenario scenario, const TortureOptions& options)
    : scenario_(std::move(scenario)) {
  const std::vector<CallSite> sites = judge.record_calls(scenario_);
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
  // Evenly thinned out to the budget.
  number -= persistent();
  const auto [first, second] = pair_of(number * pairs_possible() / pairs_);
  faults.push_back(singles_[first]);
  faults.push_back(singles_[second]);
}

Sweep TorturePlan::sweep() const {
  return {.what = "runs",
          .total = total(),
          .make = [this, faults = Faults()](std::uint64_t number, Scenario& scenario) mutable {
            make(number, faults);
            scenario.clear();
            for (const Fault& fault : faults) {
              scenario.push_back({.verb = Verb::kFault, .fault = fault});
            }
            scenario.insert(scenario.end(), scenario_.begin(), scenario_.end());
          }};
}

Scenario torture_scenario(const Protocol& protocol) {
  const std::string& request = protocol.request;
  const std::string& large =
      protocol.large_request.empty() || protocol.large_request.size() > scenario::kSegmentMax
          ? request
          : protocol.large_request;
  const std::string first = request.substr(0, (request.size() + 1) / 2);
  const std::string rest = request.substr(first.size());
  Scenario steps{{.verb = Verb::kSend, .peer = 0, .bytes = first},
                 {.verb = Verb::kConnectTiny, .peer = 1},
                 {.verb = Verb::kSend, .peer = 1, .bytes = large},
                 {.verb = Verb::kSettle},
                 {.verb = Verb::kSend, .peer = 2, .bytes = first}};
  if (!rest.empty()) steps.push_back({.verb = Verb::kSend, .peer = 0, .bytes = rest});
  steps.push_back({.verb = Verb::kSettle});
  steps.push_back({.verb = Verb::kRead, .peer = 1, .amount = 256});
  steps.push_back({.verb = Verb::kReset, .peer = 2});
  // A server may give up an answer, half sent, to a peer that has ended its side.
  const Scenario answers{{.verb = Verb::kExpectAnswer, .peer = 0},
                         {.verb = Verb::kExpectAnswer, .peer = 1}};
  const Scenario ends{{.verb = Verb::kHalfClose, .peer = 0},
                      {.verb = Verb::kHalfClose, .peer = 1},
                      {.verb = Verb::kSettle}};
  for (const Scenario* part :
       {protocol.peer_ends ? &ends : &answers, protocol.peer_ends ? &answers : &ends}) {
    steps.insert(steps.end(), part->begin(), part->end());
  }
  return steps;
}

}  // namespace e3::explore
