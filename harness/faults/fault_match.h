// SPDX-License-Identifier: MIT
// Which rows of the table of legal results a fault stands for.
#pragma once

#include "harness/faults/fault.h"

namespace e3 {

inline bool stands_for(const Fault& fault, const LegalResult& row) {
  return row.call == fault.call && row.error == fault.error &&
         (fault.role == Role::kAny || fault.role == row.role);
}

}  // namespace e3
