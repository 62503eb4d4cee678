// SPDX-License-Identifier: MIT
// Addresses of simulated sockets, as the calls pass them (ip(7), ipv6(7), unix(7)).
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace e3::sim {

class SocketAddress {
 public:
  SocketAddress() = default;  // unnamed: AF_UNSPEC, length zero

  // The caller's address, cut to what its family uses: callers pass a sockaddr_storage as well.
  // Unnamed when `length` is not one that its family allows.
  SocketAddress(const sockaddr* address, socklen_t length);

  // The fewest bytes that calls on a socket of `family` take for an address.
  static socklen_t least_length(int family);

  static SocketAddress unnamed(int family);                       // 0.0.0.0:0, [::]:0 or no path
  static SocketAddress loopback(int family, std::uint16_t port);  // 127.0.0.1 or ::1

  // The same address as a socket of `family` shows it: an IPv4 client of an IPv6 listener appears
  // as ::ffff:a.b.c.d (ipv6(7)).
  SocketAddress seen_from(int family) const;

  int family() const {
    sa_family_t family = AF_UNSPEC;
    if (length_ >= sizeof family) std::memcpy(&family, bytes_.data(), sizeof family);
    return family;
  }
  socklen_t length() const { return length_; }
  std::uint16_t port() const;  // host byte order; zero for AF_UNIX
  void set_port(std::uint16_t port);
  bool is_wildcard() const;  // INADDR_ANY or in6addr_any

  bool is_abstract() const;  // AF_UNIX without a place in the file system
  // True when a connection to `destination` reaches a socket bound to this address.
  bool accepts(const SocketAddress& destination) const;
  // True when both cannot be bound at once, unless IPV6_V6ONLY keeps the families apart.
  bool conflicts_with(const SocketAddress& other) const;

  // Writes as getsockname(2) does: cut to *length, which becomes the true length.
  void write_to(sockaddr* address, socklen_t* length) const;

  bool operator==(const SocketAddress& other) const {
    return length_ == other.length_ &&
           std::memcmp(bytes_.data(), other.bytes_.data(), length_) == 0;
  }

 private:
  void put(std::size_t offset, const void* value, std::size_t size) {
    std::memcpy(bytes_.data() + offset, value, size);
  }
  template <class Address>
  Address as() const {
    Address address{};
    std::memcpy(&address, bytes_.data(), sizeof address);
    return address;
  }

  alignas(sockaddr_un) std::array<std::byte, sizeof(sockaddr_un)> bytes_{};
  socklen_t length_ = 0;
};

}  // namespace e3::sim
