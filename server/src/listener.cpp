// SPDX-License-Identifier: MIT
#include "e3/server/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "system_call.h"

namespace e3::server {

namespace {

constexpr int kBacklog = 4096;  // the kernel lowers it to net.core.somaxconn
constexpr int kOn = 1;

union SocketAddress {
  sockaddr any;
  sockaddr_in ipv4;
  sockaddr_in6 ipv6;
};

SocketAddress parse_address(const std::string& host, std::uint16_t port) {
  SocketAddress address{.ipv6 = {}};
  if (::inet_pton(AF_INET, host.c_str(), &address.ipv4.sin_addr) == 1) {
    address.ipv4.sin_family = AF_INET;
    address.ipv4.sin_port = htons(port);
    return address;
  }
  if (::inet_pton(AF_INET6, host.c_str(), &address.ipv6.sin6_addr) != 1) {
    throw_system_error("inet_pton", EINVAL);
  }
  address.ipv6.sin6_family = AF_INET6;
  address.ipv6.sin6_port = htons(port);
  return address;
}

std::uint16_t bound_port(int fd) {
  SocketAddress address{.ipv6 = {}};
  socklen_t size = sizeof address;  // cuts off the path of a Unix domain socket
  require(::getsockname(fd, &address.any, &size) == 0, "getsockname");
  const sa_family_t family = address.any.sa_family;
  if (family != AF_INET && family != AF_INET6) return 0;
  return ntohs(family == AF_INET ? address.ipv4.sin_port : address.ipv6.sin6_port);
}

int socket_option(int fd, int option) {
  int value = 0;
  socklen_t size = sizeof value;
  require(::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0, "getsockopt");
  return value;
}

Descriptor open_socket(int family) {
  Descriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  require(socket.is_open(), "socket");
  return socket;
}

Descriptor bind_port(const ListenAddress& address, Listener::Port sharing) {
  const SocketAddress where = parse_address(address.host, address.port);
  const bool is_ipv4 = where.any.sa_family == AF_INET;
  Descriptor socket = open_socket(where.any.sa_family);
  const int fd = socket.get();
  // A restart must not wait for the TIME_WAIT of connections that this side closed first.
  require(::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof kOn) == 0, "setsockopt");
  const auto share = [fd] {
    require(::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &kOn, sizeof kOn) == 0, "setsockopt");
  };
  if (sharing == Listener::Port::kFurther) share();
  require(::bind(fd, &where.any, is_ipv4 ? sizeof where.ipv4 : sizeof where.ipv6) == 0, "bind");
  // Not before bind, which would let the port of another program's workers pass as free.
  if (sharing == Listener::Port::kFirst) share();
  return socket;
}

// Accepted sockets inherit this on Linux, which saves a call per connection. Refused where the
// socket is not TCP.
void send_at_once(int fd) { ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &kOn, sizeof kOn); }

}  // namespace

Listener::Listener(const ListenAddress& address, Port sharing)
    : socket_(address.path.empty() ? bind_port(address, sharing) : open_socket(AF_UNIX)),
      file_(address.path.empty() ? SocketFile() : SocketFile(fd(), address.path)) {
  send_at_once(fd());
  require(::listen(fd(), kBacklog) == 0, "listen");
  port_ = bound_port(fd());
}

Listener::Listener(Descriptor socket) : socket_(std::move(socket)) {
  if (socket_option(fd(), SO_TYPE) != SOCK_STREAM || socket_option(fd(), SO_ACCEPTCONN) == 0) {
    throw_system_error("listen", EINVAL);
  }
  const int flags = ::fcntl(fd(), F_GETFL);
  require(flags >= 0 && ::fcntl(fd(), F_SETFL, flags | O_NONBLOCK) == 0, "fcntl");
  require(::fcntl(fd(), F_SETFD, FD_CLOEXEC) == 0, "fcntl");
  send_at_once(fd());
  port_ = bound_port(fd());
}

Listener::Accepted Listener::accept() {
  Descriptor connection(::accept4(fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (connection.is_open()) return {Outcome::kAccepted, std::move(connection)};
  switch (errno) {
    case EAGAIN:
      return {Outcome::kDrained, {}};
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return {Outcome::kExhausted, {}};
    case EBADF:
    case EFAULT:
    case EINVAL:
    case ENOTSOCK:
      throw_system_error("accept4");
    default:
      // ECONNABORTED, EPROTO, EINTR, EPERM and the pending network errors that accept(2) lists.
      return {Outcome::kSkipped, {}};
  }
}

}  // namespace e3::server
