// SPDX-License-Identifier: MIT
// Of two things that went wrong at once, the one to tell.
#pragma once

#include <optional>
#include <string>

#include "harness/invariants/invariants.h"

namespace e3 {

// Death and spinning, in `health`, are causes; what was `seen` from outside is what they look like.
Violation graver_of(const std::optional<Violation>& health, Violation seen);

// Somebody gets nothing because the target sleeps in a call for another, `slept_in`, which is empty
// if it does not.
Violation graver_of(const std::string& slept_in, Violation seen);

}  // namespace e3
