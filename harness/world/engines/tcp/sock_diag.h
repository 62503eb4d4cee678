// SPDX-License-Identifier: MIT
// Asks the kernel about the server's side of a connection (sock_diag(7)), so that fragments can be
// kept apart without sleeping: a fragment was read when the server-side receive queue is empty.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/world/engines/tcp/endpoint.h"

namespace e3 {

struct SocketState {
  std::uint32_t receive_queue = 0;  // bytes the server has not read
  bool accepted = false;            // accept(2) has returned it
};

// Not thread-safe. Works for sockets of this network namespace.
class SockDiag {
 public:
  SockDiag();
  ~SockDiag();
  SockDiag(const SockDiag&) = delete;
  SockDiag& operator=(const SockDiag&) = delete;

  // False where the kernel or a sandbox does not offer sock_diag.
  bool available() const { return fd_ >= 0; }

  // The server's socket of the connection whose client side is the socket `client_fd`; nothing
  // when there is none any more.
  std::optional<SocketState> server_side(int client_fd);

  // Whether anything listens on this TCP port of this network namespace, v4 or v6.
  static bool listens(std::uint16_t port);

 private:
  int fd_;
};

}  // namespace e3
