// SPDX-License-Identifier: MIT
// The other end of a connection of the process under test: a socket in the same simulated kernel
// that has no descriptor and never blocks. It obeys the same rules as the server's own sockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace e3::sim {

class Machine;
class StreamSocket;

// A handle. The socket it names lives until close() or reset(), or until Kernel::reset(); copies
// name the same socket. Results are raw Linux: a count, or a negative errno.
class PeerSocket {
 public:
  PeerSocket() = default;

  bool valid() const { return socket_ != nullptr; }
  bool connected() const;      // established, and neither end has finished
  bool connecting() const;     // the listener's queue is full; virtual time lets it try again
  std::uint16_t port() const;  // of its own address; zero for AF_UNIX

  long send(std::span<const std::byte> bytes, int flags = 0);
  long receive(std::span<std::byte> bytes, int flags = 0);
  long shutdown(int how);
  // close(2): a FIN, or a reset when data is unread. The handle becomes invalid.
  void close();
  // close(2) with SO_LINGER {1, 0}: a reset. The handle becomes invalid.
  void reset();

  // Bytes to read now, and bytes sent that the process's socket had no room for yet.
  std::size_t unread() const;
  std::size_t unsent() const;
  bool end_of_input() const;  // a FIN or a reset has arrived; unread bytes may still be there
  int take_error();           // SO_ERROR: ECONNREFUSED, ECONNRESET, EPIPE, ETIMEDOUT; 0: none
  std::uint32_t poll();       // what poll(2) would report

  // SO_RCVBUF, in the doubled form of getsockopt(2). A receive buffer of zero closes the window: a
  // peer that has stopped reading.
  void set_receive_buffer(int bytes);

 private:
  friend class Kernel;
  explicit PeerSocket(StreamSocket& socket) : socket_(&socket) {}

  StreamSocket* socket_ = nullptr;
};

}  // namespace e3::sim
