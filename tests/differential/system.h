// SPDX-License-Identifier: MIT
// The calls that a schedule makes, answered either by the model or by the running Linux kernel.
// Results are raw: a value, or a negative errno. Nothing blocks.
#pragma once

#include <poll.h>
#include <sys/epoll.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace e3::differential {

class System {
 public:
  virtual ~System() = default;

  // Makes a world without sockets; all numbers below the first descriptor it gives are taken.
  virtual void begin() = 0;
  // Closes everything without leaving connections behind.
  virtual void end() = 0;

  // The process under test.
  virtual long listen() = 0;  // a non-blocking listening socket on a fresh loopback address
  virtual long epoll_create() = 0;
  virtual long eventfd() = 0;
  virtual long pipe(int ends[2]) = 0;  // non-blocking
  virtual long accept(int fd) = 0;
  virtual long new_client() = 0;     // a non-blocking socket
  virtual long connect(int fd) = 0;  // to the listening socket's address
  virtual long receive(int fd, std::span<std::byte> bytes, int flags) = 0;
  virtual long send(int fd, std::span<const std::byte> bytes, int flags) = 0;
  virtual long readv(int fd, std::span<const iovec> pieces) = 0;
  virtual long writev(int fd, std::span<const iovec> pieces) = 0;
  virtual long read(int fd, std::span<std::byte> bytes) = 0;
  virtual long write(int fd, std::span<const std::byte> bytes) = 0;
  virtual long shutdown(int fd, int how) = 0;
  virtual long close(int fd) = 0;
  virtual long set_linger_reset(int fd) = 0;
  virtual long set_low_water(int fd, int bytes) = 0;
  virtual long socket_error(int fd) = 0;  // SO_ERROR's value, or a negative errno
  virtual long peer_name(int fd) = 0;
  virtual long readable(int fd) = 0;  // FIONREAD
  virtual long duplicate(int fd) = 0;
  virtual long duplicate_onto(int fd, int number) = 0;
  virtual long poll(pollfd& entry) = 0;
  virtual long epoll_ctl(int epoll, int operation, int fd, epoll_event& event) = 0;
  virtual long epoll_wait(int epoll, std::span<epoll_event> events) = 0;
  virtual bool take_sigpipe() = 0;  // whether the last call raised it

  // Peers, by number. A peer that is not connected answers -EBADF.
  virtual long peer_connect(int peer) = 0;
  // For pairs: the process's end; -EBADF where connections are accepted.
  virtual long peer_receive(int peer, std::span<std::byte> bytes) = 0;
  virtual long peer_send(int peer, std::span<const std::byte> bytes, int flags) = 0;
  virtual long peer_shutdown(int peer, int how) = 0;
  virtual long peer_close(int peer) = 0;
  virtual long peer_reset(int peer) = 0;
  virtual long peer_poll(int peer) = 0;
};

}  // namespace e3::differential
