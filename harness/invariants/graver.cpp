// SPDX-License-Identifier: MIT
#include "harness/invariants/graver.h"

#include <fmt/format.h>

namespace e3 {

Violation graver_of(const std::optional<Violation>& health, Violation seen) {
  if (!health || health->symptom == Symptom::kMisuse || health->symptom == seen.symptom) {
    return seen;
  }
  // It is busy with what it was sent, not with nothing.
  if (health->symptom == Symptom::kSpins && seen.symptom == Symptom::kUnbounded) return seen;
  return {health->symptom, health->expected,
          fmt::format("{} (seen as: {})", health->actual, seen.actual)};
}

}  // namespace e3
