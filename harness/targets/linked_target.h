// SPDX-License-Identifier: MIT
// What <e3/target.h> describes, as the engines want it.
#pragma once

#include <e3/target.h>

#include "harness/world/engines/in_process_target.h"

namespace e3::targets {

// `target` must outlive what is returned. Throws std::invalid_argument when it names no server, or
// two.
InProcessTarget linked_target(const e3_target& target);

}  // namespace e3::targets
