// SPDX-License-Identifier: MIT
// Where a server listens: on a TCP port or on a Unix domain socket.
#pragma once

#include <cstdint>
#include <string>

namespace e3::server {

struct ListenAddress {
  std::string host;        // an IPv4 or IPv6 literal; not looked at when there is a path
  std::uint16_t port = 0;  // 0: a free one
  std::string path;        // of a Unix domain socket, else empty
};

}  // namespace e3::server
