// SPDX-License-Identifier: MIT
#include "harness/world/socket_wire.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace e3 {

long SocketWire::send(const char* bytes, std::size_t size) {
  const ssize_t sent = ::send(fd_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent >= 0 ? sent : -errno;
}

long SocketWire::receive(char* buffer, std::size_t size) {
  const ssize_t got = ::recv(fd_, buffer, size, MSG_DONTWAIT);
  return got >= 0 ? got : -errno;
}

void SocketWire::shutdown_write() { ::shutdown(fd_, SHUT_WR); }

void SocketWire::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void SocketWire::reset() {
  const linger abort{.l_onoff = 1, .l_linger = 0};  // socket(7): close discards and sends RST
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  close();
}

}  // namespace e3
