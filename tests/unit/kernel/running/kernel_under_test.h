// SPDX-License-Identifier: MIT
// The kernel that the rule tests are run on: here the one that is running.
#pragma once

#include "linux_kernel.h"

namespace e3::kernel_rules {

using Kernel = LinuxKernel;

// A kernel whose process may hold at most so many descriptors beyond those it holds already.
inline int with_descriptors(int most) { return most; }

// Why the tests cannot be run here; nullptr: they can.
inline const char* objection() {
  return LinuxKernel::has_network() ? nullptr : "a network of its own needs CAP_SYS_ADMIN";
}

}  // namespace e3::kernel_rules
