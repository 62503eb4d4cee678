// SPDX-License-Identifier: MIT
// What both mutant servers begin with.
#pragma once

#include <cstdint>

namespace e3::mutants {

// A non-blocking socket that listens on the loopback port; 0: one that the kernel picks. The caller
// owns it. Throws std::system_error.
int listening_socket(std::uint16_t port);

}  // namespace e3::mutants
