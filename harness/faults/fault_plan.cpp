// SPDX-License-Identifier: MIT
#include "harness/faults/fault_plan.h"

namespace e3 {

FaultPlan::Due FaultPlan::count(CallKind call, Role role) {
  Due due;
  for (std::size_t index = 0; index < entries_.size(); ++index) {
    Entry& entry = entries_[index];
    const Fault& fault = entry.fault;
    if (fault.call != call || (fault.role != Role::kAny && fault.role != role)) continue;
    const LegalResult* result = find_legal_result(call, role, fault.error);
    if (result == nullptr || ++entry.calls < fault.nth || entry.left == 0 || due) continue;
    due = {result, fault.length, index};
  }
  return due;
}

void FaultPlan::strike(const Due& due) {
  ++strikes_;
  std::uint32_t& left = entries_[due.index].left;
  if (left != Fault::kAlways) --left;
}

}  // namespace e3
