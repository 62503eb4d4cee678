// SPDX-License-Identifier: MIT
// Where a TCP target listens.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>

namespace e3 {

struct Endpoint {
  sockaddr_storage address{};
  socklen_t size = 0;
  std::string text;  // as the user wrote it

  bool is_loopback() const;
  std::uint16_t port() const;  // host order

  // "127.0.0.1:8080", "localhost:8080" or "[::1]:8080". Names are resolved. Throws
  // std::invalid_argument, whose message says what to write instead.
  static Endpoint parse(const std::string& text);
  static Endpoint loopback(std::uint16_t port);
  // A port nobody listens on at this moment.
  static std::uint16_t free_port();
};

}  // namespace e3
