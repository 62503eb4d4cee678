// SPDX-License-Identifier: MIT
// A server that only takes over connections, made whole: e3 listens and accepts for it.
#pragma once

#include <e3/target.h>

namespace e3::targets {

// Runs until it is unwound out of its wait. Throws std::runtime_error when the server does not
// open; std::system_error.
void serve_adopting(const e3_adopt& server);

}  // namespace e3::targets
