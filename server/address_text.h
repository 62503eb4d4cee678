// SPDX-License-Identifier: MIT
// Where a server listens, as people write it: HOST:PORT, [V6]:PORT or unix:PATH.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "e3/server/listen_address.h"

// Nothing when `text` has none of the three forms. Whether HOST is an address is for bind to say.
std::optional<e3::server::ListenAddress> parse_listen_address(std::string_view text);

// The form that parse_listen_address() reads.
std::string to_string(const e3::server::ListenAddress& address);
