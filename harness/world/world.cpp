// SPDX-License-Identifier: MIT
#include "harness/world/world.h"

#include <fmt/format.h>

#include <utility>

namespace e3 {

Peer World::connect(const ConnectOptions& options) {
  std::unique_ptr<Wire> wire = open_wire(options);
  ++peers_there_;
  Peer peer(*this, ++peers_made_, std::move(wire), greeting_end_);
  peer.receive_greeting();
  if (!login_.empty()) peer.log_in(login_, login_end_);
  return peer;
}

void World::left(Wire& wire) {
  --peers_there_;
  forget(wire);
}

void World::begin_scenario() {
  transcript_->begin_scenario();
  broken_off_ = false;
  slept_in_.clear();
}

void World::breaks_off() {
  transcript_->breaks_off();
  if (std::exchange(broken_off_, true)) return;
  // To sleep for one who is alone keeps nobody waiting.
  if (peers_there_ > 1) slept_in_ = sleeps_in().value_or("");
}

void World::inject(const Fault& fault) {
  throw std::invalid_argument(
      fmt::format("the {} engine cannot show the fault: {}", engine(), to_string(fault)));
}

}  // namespace e3
