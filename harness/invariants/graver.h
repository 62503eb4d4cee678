// SPDX-License-Identifier: MIT
// Of two things that went wrong at once, the one to tell.
#pragma once

#include <optional>

#include "harness/invariants/invariants.h"

namespace e3 {

// Death and spinning, in `health`, are causes; what was `seen` from outside is what they look like.
Violation graver_of(const std::optional<Violation>& health, Violation seen);

}  // namespace e3
