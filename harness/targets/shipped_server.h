// SPDX-License-Identifier: MIT
// The reference server as an in-process target: the only place that knows it.
#pragma once

#include <string_view>

#include "harness/world/engines/in_process_target.h"

namespace e3::targets {

// The server speaks the protocol of the profile of that name; http for any other.
InProcessTarget shipped_server(std::string_view profile);

}  // namespace e3::targets
