// SPDX-License-Identifier: MIT
// Keeps descriptor numbers of the real process for the simulation: each reserved number is held by
// a placeholder that is never closed, so that no real open(2) can be given one.
#pragma once

#include <cstddef>
#include <vector>

namespace e3 {

// The numbers, ascending: at least `count` of them, each the lowest that was free when it was
// reserved. Shared by all worlds of the process, which reserves as many as its worlds ever needed.
// Raises the process's own RLIMIT_NOFILE when it must; throws std::system_error when that is not
// allowed.
const std::vector<int>& reserved_descriptor_numbers(std::size_t count);

// True when `number` is one of them.
bool is_reserved_number(int number);

// Puts a placeholder at just this number, for whoever closes it again; false when it is in use.
bool hold_number(int number);

}  // namespace e3
