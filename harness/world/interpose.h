// SPDX-License-Identifier: MIT
// Strong definitions of the calls in calls.def, which win over libc's (and over the sanitizers'
// weak ones) in every program that links the harness. They cost one thread-local load when no
// target is running.
#pragma once

#include <string_view>
#include <vector>

#include "harness/world/system_calls.h"

namespace e3::interpose {

// The kernel that answers calls on this thread from now on; null: the real one. Set while the
// target's fiber runs. The kernel itself runs with real calls: each interposed function clears
// this for the time it is inside the kernel.
void answer_with(SystemCalls* kernel);

// The names in calls.def, for the test that each is defined here.
std::vector<std::string_view> call_names();

}  // namespace e3::interpose
