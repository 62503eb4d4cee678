// SPDX-License-Identifier: MIT
// What both mutant servers begin with.
#pragma once

#include <cstdint>

namespace e3::mutants {

// A non-blocking socket that listens on the loopback port; 0: one that the kernel picks. The caller
// owns it. Without `reuse`, not while old connections are in TIME_WAIT. Throws std::system_error.
int listening_socket(std::uint16_t port, bool reuse = true);

}  // namespace e3::mutants
