// SPDX-License-Identifier: MIT
// Whether a profile is right about where its request can be made longer.
#pragma once

#include <string>
#include <string_view>

#include "harness/checks/session.h"

namespace e3 {

// Throws NotShown where `pad_at` is seen to be wrong: a request that says its own length is not
// made longer by letters in it, and what is left of it is no request. Asks the target once a run.
void require_right_padding(Session& session);

// The request made longer by `filler`. Throws NotShown as above, and NotApplicable where the
// profile has no `pad_at`.
std::string longer_request(Session& session, std::string_view filler);

}  // namespace e3
