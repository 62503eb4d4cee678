// SPDX-License-Identifier: MIT
// liburing makes its system calls without libc, where interposition cannot see them.
#pragma once

namespace e3::preload {

// From now on io_uring_setup(2) ends the process with SIGSYS, whoever calls it. Where seccomp(2) is
// not to be had nothing changes.
void trap_io_uring();

}  // namespace e3::preload
