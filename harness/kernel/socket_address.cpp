// SPDX-License-Identifier: MIT
#include "socket_address.h"

#include <arpa/inet.h>

#include <algorithm>

namespace e3::sim {

namespace {

template <class Address>
SocketAddress from(const Address& address) {
  sockaddr_storage storage{};
  std::memcpy(&storage, &address, sizeof address);
  return SocketAddress(reinterpret_cast<const sockaddr*>(&storage), sizeof address);
}

}  // namespace

SocketAddress::SocketAddress(const sockaddr* address, socklen_t length) {
  if (length < sizeof(sa_family_t) || length > sizeof(sockaddr_storage)) return;
  sa_family_t family = AF_UNSPEC;
  std::memcpy(&family, address, sizeof family);
  if (length < least_length(family)) return;
  if (family == AF_UNIX && length > sizeof(sockaddr_un)) return;
  length_ = std::min<socklen_t>(length, sizeof bytes_);
  if (family == AF_INET) length_ = offsetof(sockaddr_in, sin_zero);  // which may hold anything
  if (family == AF_INET6) length_ = std::min<socklen_t>(length, sizeof(sockaddr_in6));
  std::memcpy(bytes_.data(), address, length_);
  if (family == AF_INET) length_ = sizeof(sockaddr_in);
  if (family == AF_INET6) length_ = sizeof(sockaddr_in6);
}

socklen_t SocketAddress::least_length(int family) {
  switch (family) {
    case AF_INET:
      return sizeof(sockaddr_in);
    case AF_INET6:
      return offsetof(sockaddr_in6, sin6_scope_id);  // as in RFC 2133, without the scope
    default:
      return sizeof(sa_family_t);
  }
}

SocketAddress SocketAddress::unnamed(int family) {
  sa_family_t stored = AF_UNIX;
  SocketAddress result;
  result.length_ = sizeof stored;
  if (family == AF_INET || family == AF_INET6) {
    stored = static_cast<sa_family_t>(family);
    result.length_ = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  }
  result.put(0, &stored, sizeof stored);
  return result;
}

SocketAddress SocketAddress::loopback(int family, std::uint16_t port) {
  SocketAddress result = unnamed(family);
  if (family == AF_INET) {
    const in_addr_t address = htonl(INADDR_LOOPBACK);
    result.put(offsetof(sockaddr_in, sin_addr), &address, sizeof address);
  } else if (family == AF_INET6) {
    result.put(offsetof(sockaddr_in6, sin6_addr), &in6addr_loopback, sizeof in6addr_loopback);
  }
  result.set_port(port);
  return result;
}

SocketAddress SocketAddress::seen_from(int seeing_family) const {
  if (family() != AF_INET || seeing_family != AF_INET6) return *this;
  const auto plain = as<sockaddr_in>();
  sockaddr_in6 mapped{};
  mapped.sin6_family = AF_INET6;
  mapped.sin6_port = plain.sin_port;
  mapped.sin6_addr.s6_addr[10] = mapped.sin6_addr.s6_addr[11] = 0xff;
  std::memcpy(&mapped.sin6_addr.s6_addr[12], &plain.sin_addr, sizeof plain.sin_addr);
  return from(mapped);
}

// sin_port and sin6_port have the same place.
std::uint16_t SocketAddress::port() const {
  if (family() != AF_INET && family() != AF_INET6) return 0;
  std::uint16_t port = 0;
  std::memcpy(&port, bytes_.data() + offsetof(sockaddr_in, sin_port), sizeof port);
  return ntohs(port);
}

void SocketAddress::set_port(std::uint16_t port) {
  if (family() != AF_INET && family() != AF_INET6) return;
  const std::uint16_t network_order = htons(port);
  put(offsetof(sockaddr_in, sin_port), &network_order, sizeof network_order);
}

bool SocketAddress::is_wildcard() const {
  if (family() == AF_INET) return as<sockaddr_in>().sin_addr.s_addr == htonl(INADDR_ANY);
  if (family() == AF_INET6) {
    const auto address = as<sockaddr_in6>();
    return IN6_IS_ADDR_UNSPECIFIED(&address.sin6_addr);
  }
  return false;
}

bool SocketAddress::is_abstract() const {
  constexpr std::size_t kPath = offsetof(sockaddr_un, sun_path);
  return family() == AF_UNIX && (length_ <= kPath || bytes_[kPath] == std::byte{0});
}

bool SocketAddress::accepts(const SocketAddress& destination) const {
  if (family() == AF_UNIX) return *this == destination;
  if (port() != destination.port()) return false;
  if (is_wildcard()) {
    return family() == destination.family() || family() == AF_INET6;  // dual stack, ipv6(7)
  }
  return *this == destination;
}

bool SocketAddress::conflicts_with(const SocketAddress& other) const {
  if (family() == AF_UNIX || other.family() == AF_UNIX) return *this == other;
  if (port() != other.port()) return false;
  if (family() == other.family()) return is_wildcard() || other.is_wildcard() || *this == other;
  return (family() == AF_INET6 ? *this : other).is_wildcard();  // dual stack, ipv6(7)
}

void SocketAddress::write_to(sockaddr* address, socklen_t* length) const {
  if (address == nullptr || length == nullptr) return;
  std::memcpy(address, bytes_.data(), std::min(*length, length_));
  *length = length_;
}

}  // namespace e3::sim
