// SPDX-License-Identifier: MIT
// A network namespace of this process's own whose loopback acknowledges at once. Two things that
// vary on a shared loopback are then fixed: when the acknowledgement of a FIN arrives, and how many
// TIME_WAIT sockets other programs and earlier schedules have left.
#pragma once

namespace e3::differential {

// Leaves the namespace entered before, if any, and with it all its sockets. False, with no change,
// where the system does not allow it (no privilege, or no user namespaces).
bool enter_private_network();

}  // namespace e3::differential
