// SPDX-License-Identifier: MIT
// A small HTTP/1.0 server with one bug.
#pragma once

#include <cstdint>

namespace e3::fuzz {

// Serves on 127.0.0.1:`port`. Throws std::system_error when it cannot listen; ends only by
// exception.
void serve_canary(std::uint16_t port);

}  // namespace e3::fuzz
