// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/wait_any.h"

#include <poll.h>

#include "harness/world/engines/tcp/wait.h"
#include "harness/world/socket_wire.h"

namespace e3 {

void wait_any_readable(const std::vector<Wire*>& wires, std::chrono::milliseconds bound) {
  std::vector<pollfd> entries;
  for (Wire* wire : wires) {
    entries.push_back({.fd = static_cast<SocketWire*>(wire)->fd(), .events = POLLIN, .revents = 0});
  }
  poll_any(entries, bound);
}

}  // namespace e3
