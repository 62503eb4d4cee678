// SPDX-License-Identifier: MIT
#include "e3/server/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace e3::server {

namespace {

constexpr int kBacklog = 4096;  // the kernel lowers it to net.core.somaxconn

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
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "getsockname");
  }
  sockaddr_in ipv4{};  // the port lies at the same offset in both families
  std::memcpy(&ipv4, &storage, sizeof ipv4);
  return ntohs(ipv4.sin_port);
}

}  // namespace

Listener::Listener(const std::string& address, std::uint16_t port) {
  const SocketAddress where = parse_address(address, port);
  const auto require = [](bool succeeded, const char* call) {
    if (!succeeded) throw std::system_error(errno, std::generic_category(), call);
  };
  socket_ =
      Descriptor(::socket(where.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  require(socket_.is_open(), "socket");
  const int on = 1;
  // A restart must not wait for the TIME_WAIT of connections that this side closed first.
  require(::setsockopt(fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0, "setsockopt");
  // Accepted sockets inherit this on Linux, which saves a call per connection.
  ::setsockopt(fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  require(::bind(fd(), reinterpret_cast<const sockaddr*>(&where.storage), where.size) == 0, "bind");
  require(::listen(fd(), kBacklog) == 0, "listen");
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
