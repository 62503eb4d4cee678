// SPDX-License-Identifier: MIT
#include "e3/server/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace e3::server {

namespace {

constexpr int kBacklog = 4096;  // the kernel lowers it to net.core.somaxconn
constexpr int kOn = 1;

void require(bool succeeded, const char* call) {
  if (!succeeded) throw std::system_error(errno, std::generic_category(), call);
}

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

SocketAddress parse_address(const std::string& address, std::uint16_t port) {
  SocketAddress result;
  sockaddr_in ipv4{};
  sockaddr_in6 ipv6{};
  if (::inet_pton(AF_INET, address.c_str(), &ipv4.sin_addr) == 1) {
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(port);
    result.size = sizeof ipv4;
    std::memcpy(&result.storage, &ipv4, sizeof ipv4);
  } else if (::inet_pton(AF_INET6, address.c_str(), &ipv6.sin6_addr) == 1) {
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    result.size = sizeof ipv6;
    std::memcpy(&result.storage, &ipv6, sizeof ipv6);
  } else {
    throw std::system_error(EINVAL, std::generic_category(), "not an IP address: " + address);
  }
  return result;
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  require(::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) == 0, "getsockname");
  if (storage.ss_family != AF_INET && storage.ss_family != AF_INET6) return 0;
  sockaddr_in ipv4{};  // the port lies at the same offset in both families
  std::memcpy(&ipv4, &storage, sizeof ipv4);
  return ntohs(ipv4.sin_port);
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
  Descriptor socket = open_socket(where.storage.ss_family);
  const int fd = socket.get();
  // A restart must not wait for the TIME_WAIT of connections that this side closed first.
  require(::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof kOn) == 0, "setsockopt");
  const auto share = [fd] {
    require(::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &kOn, sizeof kOn) == 0, "setsockopt");
  };
  if (sharing == Listener::Port::kFurther) share();
  require(::bind(fd, reinterpret_cast<const sockaddr*>(&where.storage), where.size) == 0, "bind");
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
    throw std::system_error(EINVAL, std::generic_category(), "not a listening stream socket");
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
      throw std::system_error(errno, std::generic_category(), "accept4");
    default:
      // ECONNABORTED, EPROTO, EINTR, EPERM and the pending network errors that accept(2) lists.
      return {Outcome::kSkipped, {}};
  }
}

}  // namespace e3::server
