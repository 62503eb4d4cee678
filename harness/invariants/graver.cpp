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
  return {health->symptom,
          health->expected,
          fmt::format("{} (seen as: {})", health->actual, seen.actual),
          false,
          false,
          health->on_event};
}

Violation graver_of(const std::string& slept_in, Violation seen) {
  const bool gets_nothing = seen.symptom == Symptom::kNoAnswer ||
                            seen.symptom == Symptom::kNotAccepted || seen.symptom == Symptom::kDeaf;
  if (slept_in.empty() || !gets_nothing) return seen;
  return {Symptom::kSleeps, "no call for one connection sleeps while others wait",
          fmt::format("asleep in {} (seen as: {})", slept_in, seen.actual), seen.waits_for_ever};
}

}  // namespace e3
