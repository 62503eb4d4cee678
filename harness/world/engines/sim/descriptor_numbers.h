// SPDX-License-Identifier: MIT
// Keeps descriptor numbers of the real process for the simulation: each reserved number is held by
// a placeholder that is never closed, so that no real open(2) can be given one.
#pragma once

#include <vector>

namespace e3 {

// The numbers, ascending, reserved at the first call: the lowest that were free then. Shared by
// all worlds of the process. Throws std::system_error when there are too few.
const std::vector<int>& reserved_descriptor_numbers();

}  // namespace e3
