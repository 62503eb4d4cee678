// SPDX-License-Identifier: MIT
// One loopback TCP connection as both ends see it. The kernel delivers on loopback before the
// sending call returns, as a rule; under load it may leave that to another thread. A stepped run
// must not depend on it, so whoever has acted on a connection waits for what is in flight.
#pragma once

#include <sys/socket.h>

#include "harness/world/engines/tcp/sock_diag.h"

namespace e3 {

class LoopbackConnection {
 public:
  LoopbackConnection(const sockaddr_storage& peer, const sockaddr_storage& server)
      : peer_(peer), server_(server) {}

  // Waits until nothing is in flight: bytes that left one end are counted at the other, an end
  // that was announced is known, and no end waits for a window that is open. Gives up after a
  // second (a handshake that the listener's full queue holds up, for example). `peer_fd` is the
  // peer's socket, which must not delay its acknowledgements meanwhile; -1 once it is closed.
  void await_arrival(SockDiag& sock_diag, int peer_fd) const;

 private:
  bool is_in_flight(SockDiag& sock_diag) const;

  sockaddr_storage peer_;
  sockaddr_storage server_;
};

}  // namespace e3
