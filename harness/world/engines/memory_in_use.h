// SPDX-License-Identifier: MIT
// How much memory a process holds.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace e3 {

// The resident set, in bytes: proc(5), statm. 0 where that cannot be read.
std::size_t resident_bytes(pid_t process);

// What this process has got of malloc(3) and not freed, in bytes. What was freed before and is used
// again adds nothing to the resident set. 0 where the C library does not tell.
std::size_t allocated_bytes();

}  // namespace e3
