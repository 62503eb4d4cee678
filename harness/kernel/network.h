// SPDX-License-Identifier: MIT
// Who is bound where, and how a connection finds its listener. All addresses are on one machine.
#pragma once

#include <vector>

#include "stream_socket.h"

namespace e3::sim {

class Network {
 public:
  explicit Network(Machine& machine) : machine_(&machine) {}

  // bind(2): 0, -EADDRINUSE or -EINVAL (already bound). Port zero takes an ephemeral one.
  long bind(StreamSocket& socket, SocketAddress address);
  bool is_bound(const StreamSocket& socket) const;
  void unbind(const StreamSocket& socket);

  // connect(2) after its checks: moves `client` on to established, connecting or closed with a
  // pending error. 0, or a negative errno that the call itself reports.
  long connect(StreamSocket& client, const SocketAddress& destination);

  // The listening socket that a connection to `destination` reaches; nullptr when none.
  StreamSocket* find_listener(const SocketAddress& destination, std::uint16_t client_port) const;

  // True when a socket, listening or not, is bound to exactly `address`.
  bool is_taken(const SocketAddress& address) const;

  // A port for a client, or for a server that asked for any.
  std::uint16_t take_ephemeral_port();

  void reset();

 private:
  bool in_use(const StreamSocket& socket, const SocketAddress& address) const;

  Machine* machine_;
  std::vector<StreamSocket*> bound_;
  int ports_taken_ = 0;
};

}  // namespace e3::sim
