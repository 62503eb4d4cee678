// SPDX-License-Identifier: MIT
#include "harness/checks/strike.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace e3 {

std::vector<Fault> showable(Session& session, const std::vector<Fault>& faults) {
  std::vector<Fault> shown;
  std::copy_if(faults.begin(), faults.end(), std::back_inserter(shown),
               [&](const Fault& fault) { return session.world().can_inject(fault); });
  if (shown.empty()) throw NotShown{"this engine cannot make these calls fail: use --engine sim"};
  return shown;
}

Strike::Strike(Session& session, const Fault& fault)
    : world_(&session.world()),
      fault_(to_string(fault)),
      lasts_(fault.times == kInVain),
      before_(world_->faults_struck()) {
  if (session.strike_begins()) world_->inject(fault);
}

void Strike::warn_of_calls_in_vain(Session& session, std::string expected) const {
  if (!lasts_ || times() < kInVain) return;
  session.warn({Symptom::kSpins, std::move(expected),
                fmt::format("{} calls in vain, no time between", kInVain)});
}

void Strike::require_happened() const {
  if (happened()) return;
  throw NotApplicable{fmt::format("the target makes no call that could fail so: {}", fault_)};
}

}  // namespace e3
