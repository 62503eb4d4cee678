// SPDX-License-Identifier: MIT
#include "harness/world/engines/in_process_source.h"

#include <fmt/format.h>

#include <utility>

#include "harness/world/engines/in_process_world.h"
#include "harness/world/engines/socketpair/socketpair_kernel.h"

namespace e3 {

SocketpairSource::SocketpairSource(InProcessTarget target, std::uint64_t seed,
                                   Transcript& transcript)
    : target_(std::move(target)), seed_(seed), transcript_(&transcript) {}

World& SocketpairSource::world() {
  if (world_ == nullptr) renew();
  return *world_;
}

void SocketpairSource::renew() {
  world_.reset();  // the old target's descriptors are free before the new one asks for its own
  const auto first_peer_port = static_cast<std::uint16_t>(40000 + seed_ % 20000);
  world_ = std::make_unique<InProcessWorld>(
      target_,
      [&](TargetTurn& turn) { return std::make_unique<SocketpairKernel>(turn, first_peer_port); },
      *transcript_);
}

std::string SocketpairSource::description() const {
  return fmt::format("{}, in process on socketpairs", target_.name);
}

}  // namespace e3
