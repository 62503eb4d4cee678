// SPDX-License-Identifier: MIT
#include "harness/checks/crowd.h"

namespace e3 {

void settle_crowd(World& world) {
  if (world.abilities().virtual_time) world.settle();
}

std::vector<Peer> connect_crowd(World& world, std::size_t count, const ConnectOptions& options) {
  std::vector<Peer> peers;
  peers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) peers.push_back(world.connect(options));
  settle_crowd(world);
  return peers;
}

}  // namespace e3
