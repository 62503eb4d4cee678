// SPDX-License-Identifier: MIT
#include "network.h"

#include <algorithm>

#include "machine.h"

namespace e3::sim {

long Network::bind(StreamSocket& socket, SocketAddress address) {
  if (is_bound(socket)) return -EINVAL;
  if (address.family() != AF_UNIX && address.port() == 0) {
    const int range =
        machine_->config.ephemeral_port_last - machine_->config.ephemeral_port_first + 1;
    int tries = 0;
    do {
      if (tries++ == range) return -EADDRINUSE;
      address.set_port(take_ephemeral_port());
    } while (in_use(socket, address));
  } else if (in_use(socket, address)) {
    return -EADDRINUSE;
  }
  socket.local_address() = address;
  bound_.push_back(&socket);
  return 0;
}

bool Network::is_bound(const StreamSocket& socket) const {
  return std::find(bound_.begin(), bound_.end(), &socket) != bound_.end();
}

void Network::unbind(const StreamSocket& socket) { std::erase(bound_, &socket); }

long Network::connect(StreamSocket& client, const SocketAddress& destination) {
  const int family = destination.family();
  if (family != AF_UNIX && client.local_address().port() == 0) {
    client.local_address() = SocketAddress::loopback(family, take_ephemeral_port());
  }
  client.remote_address() = destination;
  if (destination.is_wildcard()) {
    client.remote_address() = SocketAddress::loopback(family, destination.port());
  }
  client.set_state(SocketState::kConnecting);
  const std::uint16_t port = family != AF_UNIX ? client.local_address().port() : std::uint16_t{0};
  StreamSocket* listener = find_listener(client.remote_address(), port);
  if (listener == nullptr) {
    client.refuse();
    return 0;
  }
  if (listener->queue_full()) return client.wait_for_room();
  client.connect_to(*listener);
  return 0;
}

// An address of its own counts for more than the wildcard. Of several with SO_REUSEPORT the
// client's port chooses, as on Linux a hash of both addresses does.
StreamSocket* Network::find_listener(const SocketAddress& destination,
                                     std::uint16_t client_port) const {
  StreamSocket* found = nullptr;
  std::size_t alike = 0;
  const auto is_better = [&found](const StreamSocket& other) {
    return found == nullptr ||
           (found->local_address().is_wildcard() && !other.local_address().is_wildcard());
  };
  for (StreamSocket* socket : bound_) {
    if (!socket->listening() || !socket->local_address().accepts(destination)) continue;
    const bool mapped = socket->local_address().family() != destination.family();
    if (mapped && socket->options().ipv6_only != 0) continue;
    if (is_better(*socket)) {
      found = socket;
      alike = 1;
    } else if (socket->local_address() == found->local_address() && client_port % ++alike == 0) {
      found = socket;
    }
  }
  return found;
}

bool Network::is_taken(const SocketAddress& address) const {
  return std::any_of(bound_.begin(), bound_.end(), [&address](const StreamSocket* socket) {
    return socket->local_address() == address;
  });
}

std::uint16_t Network::take_ephemeral_port() {
  const int first = machine_->config.ephemeral_port_first;
  const int range = machine_->config.ephemeral_port_last - first + 1;
  return static_cast<std::uint16_t>(first + ports_taken_++ % range);
}

void Network::reset() {
  bound_.clear();
  ports_taken_ = 0;
}

bool Network::in_use(const StreamSocket& socket, const SocketAddress& address) const {
  for (const StreamSocket* other : bound_) {
    if (!other->local_address().conflicts_with(address)) continue;
    const bool families_apart = other->local_address().family() != address.family() &&
                                (socket.options().ipv6_only | other->options().ipv6_only) != 0;
    if (families_apart) continue;
    if (socket.options().reuse_port && other->options().reuse_port) continue;
    const bool both_reuse = socket.options().reuse_address && other->options().reuse_address;
    if (both_reuse && !other->listening()) continue;
    return true;
  }
  return false;
}

}  // namespace e3::sim
