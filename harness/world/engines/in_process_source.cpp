// SPDX-License-Identifier: MIT
#include "harness/world/engines/in_process_source.h"

#include <fmt/format.h>

#include <utility>

#include "harness/world/engines/in_process_world.h"
#include "harness/world/engines/sim/sim_kernel.h"
#include "harness/world/engines/socketpair/socketpair_kernel.h"

namespace e3 {

InProcessSource::InProcessSource(InProcessTarget target, InProcessEngine engine, std::uint64_t seed,
                                 Transcript& transcript)
    : target_(std::move(target)), engine_(engine), seed_(seed), transcript_(&transcript) {}

World& InProcessSource::world() {
  if (world_ == nullptr) renew();
  return *world_;
}

void InProcessSource::renew() {
  world_.reset();  // the old target's descriptors are free before the new one asks for its own
  const auto first_peer_port = static_cast<std::uint16_t>(40000 + seed_ % 20000);
  world_ = std::make_unique<InProcessWorld>(
      target_,
      [&](TargetTurn& turn) -> std::unique_ptr<InProcessKernel> {
        if (engine_ == InProcessEngine::kSim) {
          return std::make_unique<SimKernel>(turn, first_peer_port);
        }
        return std::make_unique<SocketpairKernel>(turn, first_peer_port);
      },
      *transcript_);
}

std::string InProcessSource::description() const {
  return fmt::format("{}, in process on {}", target_.name,
                     engine_ == InProcessEngine::kSim ? "the simulated kernel" : "socketpairs");
}

}  // namespace e3
