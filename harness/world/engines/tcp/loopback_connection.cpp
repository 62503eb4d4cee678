// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/loopback_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <chrono>
#include <optional>

#include "harness/world/engines/tcp/wait.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

constexpr auto kBound = 1s;

bool has_sent_end(std::uint8_t state) {
  return state == TCP_FIN_WAIT1 || state == TCP_FIN_WAIT2 || state == TCP_CLOSING ||
         state == TCP_LAST_ACK;
}

bool has_received_end(std::uint8_t state) {
  return state == TCP_CLOSE_WAIT || state == TCP_CLOSING || state == TCP_LAST_ACK;
}

bool is_in_flight(const SocketState& from, const SocketState& to) {
  if (from.bytes_sent > to.bytes_received) return true;  // (a FIN counts as received, too)
  // Held back though the receiver has read everything: the news of its window is on the way.
  if (from.unsent > 0) return to.receive_queue == 0;
  return has_sent_end(from.state) && !has_received_end(to.state);
}

}  // namespace

bool LoopbackConnection::is_in_flight(SockDiag& sock_diag) const {
  const std::optional<SocketState> peer = sock_diag.end(peer_, server_);
  const std::optional<SocketState> server = sock_diag.end(server_, peer_);
  if (!peer && !server) return false;
  // Both have ended, or one was reset and the other does not know yet.
  if (!peer || !server) return (peer ? peer : server)->state != TCP_TIME_WAIT;
  if (peer->state == TCP_TIME_WAIT || server->state == TCP_TIME_WAIT) return false;
  if (peer->state == TCP_SYN_SENT || server->state == TCP_SYN_RECV) return true;
  if (!peer->counted || !server->counted) return false;
  return e3::is_in_flight(*peer, *server) || e3::is_in_flight(*server, *peer);
}

void LoopbackConnection::await_arrival(SockDiag& sock_diag, int peer_fd) const {
  if (!sock_diag.available()) return;
  const Patience patience(kBound);
  while (is_in_flight(sock_diag) && !patience.exhausted()) {
    // A target that leaves Nagle's algorithm on may hold bytes back until it comes, tcp(7).
    const int at_once = 1;
    ::setsockopt(peer_fd, IPPROTO_TCP, TCP_QUICKACK, &at_once, sizeof at_once);
    patience.pause_uninterrupted();
  }
}

}  // namespace e3
