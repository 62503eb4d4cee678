// SPDX-License-Identifier: MIT
// A connection to a listening socket of this process.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

#include "e3/server/descriptor.h"

namespace e3::server {

// Not open when the connection is refused.
inline Descriptor try_to_connect(std::uint16_t port) {
  Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    client.reset();
  }
  return client;
}

inline Descriptor connect_to(std::uint16_t port) {
  Descriptor client = try_to_connect(port);
  EXPECT_TRUE(client.is_open()) << "connect to port " << port;
  return client;
}

}  // namespace e3::server
