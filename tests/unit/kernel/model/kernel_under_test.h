// SPDX-License-Identifier: MIT
// The kernel that the rule tests are run on: here the simulated one.
#pragma once

#include "kernel/kernel.h"

namespace e3::kernel_rules {

using sim::Kernel;
using sim::PeerSocket;

// A kernel whose process may hold at most so many descriptors.
inline sim::KernelConfig with_descriptors(int most) {
  sim::KernelConfig config;
  config.descriptor_limit = most;
  return config;
}

// Why the tests cannot be run here; nullptr: they can.
inline const char* objection() { return nullptr; }

}  // namespace e3::kernel_rules
