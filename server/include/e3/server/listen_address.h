// SPDX-License-Identifier: MIT
// Where a server listens, as people write it: HOST:PORT, [V6]:PORT or unix:PATH.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace e3::server {

struct ListenAddress {
  std::string host;        // an IPv4 or IPv6 literal; not looked at when there is a path
  std::uint16_t port = 0;  // 0: a free one
  std::string path;        // of a Unix domain socket, else empty
};

// Nothing when `text` has none of the three forms. Whether HOST is an address is for bind to say.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

// The form that parse_listen_address() reads.
std::string to_string(const ListenAddress& address);

}  // namespace e3::server
