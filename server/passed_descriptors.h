// SPDX-License-Identifier: MIT
// Listening sockets that whoever started this program has opened for it, as sd_listen_fds(3)
// describes.
#pragma once

#include <vector>

#include "e3/server/descriptor.h"

// The descriptors from 3 on that LISTEN_FDS counts, when LISTEN_PID names this process; else none.
// Takes both, and LISTEN_FDNAMES, out of the environment. Call once, before any thread is started.
// Throws std::invalid_argument when LISTEN_FDS is no count, std::system_error when it counts one
// that is not open.
std::vector<e3::server::Descriptor> take_passed_descriptors();
