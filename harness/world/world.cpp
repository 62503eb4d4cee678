// SPDX-License-Identifier: MIT
#include "harness/world/world.h"

#include <fmt/format.h>

namespace e3 {

Peer World::connect(const ConnectOptions& options) {
  std::unique_ptr<Wire> wire = open_wire(options);
  Peer peer(*this, ++peers_made_, std::move(wire), greeting_end_);
  peer.receive_greeting();
  return peer;
}

void World::inject(const Fault& fault) {
  throw std::invalid_argument(
      fmt::format("the {} engine cannot show the fault: {}", engine(), to_string(fault)));
}

}  // namespace e3
