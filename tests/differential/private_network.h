// SPDX-License-Identifier: MIT
// A network namespace of this process's own whose loopback acknowledges at once. Two things that
// vary on a shared loopback are then fixed: when the acknowledgement of a FIN arrives, and how many
// TIME_WAIT sockets other programs and earlier schedules have left.
#pragma once

#include "kernel/kernel_config.h"

namespace e3::differential {

// Leaves the namespace entered before, if any, and with it all its sockets. False, with no change,
// where the system does not allow it (no privilege, or no user namespaces).
bool enter_private_network();

// The model's named choices for the machine's own loopback, where others decide.
inline sim::KernelConfig shared_network_choices() {
  sim::KernelConfig config;
  config.fin_acknowledgement = sim::FinAcknowledgement::kDelayed;
  return config;
}

}  // namespace e3::differential
