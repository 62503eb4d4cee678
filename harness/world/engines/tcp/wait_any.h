// SPDX-License-Identifier: MIT
// Waiting for several peers at once, in real time.
#pragma once

#include <chrono>
#include <vector>

#include "harness/world/wire.h"

namespace e3 {

// Until any of the wires, which must be sockets, has something to read; at most `bound`. Throws
// Interrupted.
void wait_any_readable(const std::vector<Wire*>& wires, std::chrono::milliseconds bound);

}  // namespace e3
