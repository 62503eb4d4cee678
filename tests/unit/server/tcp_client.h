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

// Not open when the connection is refused. A receive buffer of a size that is not 0 has that size.
inline Descriptor try_to_connect(std::uint16_t port, int receive_buffer = 0) {
  Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (receive_buffer != 0) {
    ::setsockopt(client.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    client.reset();
  }
  return client;
}

inline Descriptor connect_to(std::uint16_t port, int receive_buffer = 0) {
  Descriptor client = try_to_connect(port, receive_buffer);
  EXPECT_TRUE(client.is_open()) << "connect to port " << port;
  return client;
}

}  // namespace e3::server
