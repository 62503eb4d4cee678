// SPDX-License-Identifier: MIT
// Asks the kernel about the ends of TCP connections (sock_diag(7)), so that nothing needs to sleep:
// a fragment was read when the server-side receive queue is empty, and has arrived when the server
// side counts as many bytes as its peer.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace e3 {

struct SocketState {
  std::uint8_t state = 0;           // TCP_ESTABLISHED ..., as in tcp(7)
  std::uint32_t receive_queue = 0;  // bytes received and not read
  bool accepted = false;            // accept(2) has returned it
  bool closed = false;              // it was accepted, and no process has it open any more
  bool counted = false;             // whether the counters below are known: not in TIME_WAIT
  std::uint64_t bytes_sent = 0;     // without retransmissions
  std::uint64_t bytes_received = 0;
  std::uint32_t unsent = 0;  // accepted from the sender, held back by the window
};

// The two addresses of a connection.
struct Ends {
  sockaddr_storage client{};
  sockaddr_storage server{};
};

// Not thread-safe. Works for sockets of this network namespace.
class SockDiag {
 public:
  // The descriptor it uses has at least this number.
  explicit SockDiag(int lowest_descriptor = 0);
  ~SockDiag();
  SockDiag(const SockDiag&) = delete;
  SockDiag& operator=(const SockDiag&) = delete;

  // False where the kernel or a sandbox does not offer sock_diag.
  bool available() const { return fd_ >= 0; }

  // How many connections may wait in the queue of the socket that listens there (listen(2));
  // nothing when none listens.
  std::optional<std::size_t> accept_queue(const sockaddr_storage& listener);

  // The socket with the address `own` that is connected to `other`; nothing when there is none.
  std::optional<SocketState> end(const sockaddr_storage& own, const sockaddr_storage& other);

  // Those of the connection whose client side is the socket `client_fd`.
  static std::optional<Ends> ends_of(int client_fd);

  // The server's socket of the connection; nothing when there is none any more.
  std::optional<SocketState> server_side(const Ends& ends) { return end(ends.server, ends.client); }

  // The inodes of the sockets that listen on this TCP port of this network namespace, v4 or v6.
  static std::vector<std::uint64_t> listeners(std::uint16_t port);

 private:
  struct Answer;
  std::optional<Answer> ask(const sockaddr_storage& own, const sockaddr_storage& other);

  int fd_;
};

}  // namespace e3
