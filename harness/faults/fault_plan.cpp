// SPDX-License-Identifier: MIT
#include "harness/faults/fault_plan.h"

#include "harness/faults/fault_match.h"

namespace e3 {

void FaultPlan::add(const Fault& fault) {
  Entry& entry = entries_.emplace_back();
  entry.fault = fault;
  entry.left = fault.times;
  for (const LegalResult& row : legal_results(fault.call)) {
    if (stands_for(fault, row)) entry.results[static_cast<std::size_t>(row.role)] = &row;
  }
}

FaultPlan::Due FaultPlan::count(CallKind call, Role role) {
  Due due;
  for (std::size_t index = 0; index < entries_.size(); ++index) {
    Entry& entry = entries_[index];
    if (entry.fault.call != call) continue;
    const LegalResult* result = entry.results[static_cast<std::size_t>(role)];
    if (result == nullptr || ++entry.calls < entry.fault.nth || entry.left == 0 || due) continue;
    due = {result, entry.fault.length, index};
  }
  return due;
}

void FaultPlan::strike(const Due& due) {
  ++strikes_;
  std::uint32_t& left = entries_[due.index].left;
  if (left != Fault::kAlways) --left;
}

}  // namespace e3
