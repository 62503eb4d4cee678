// SPDX-License-Identifier: MIT
#include "harness/world/engines/in_process_source.h"

#include <fmt/format.h>

#include <utility>

#include "harness/world/engines/in_process_world.h"
#include "harness/world/engines/sim/sim_kernel.h"
#include "harness/world/engines/socketpair/socketpair_kernel.h"
#include "harness/world/engines/tcp/loopback_kernel.h"
#include "harness/world/interpose/interpose.h"

namespace e3 {
namespace {

std::unique_ptr<InProcessKernel> make_kernel(InProcessEngine engine, TargetTurn& turn,
                                             std::uint16_t first_peer_port) {
  switch (engine) {
    case InProcessEngine::kSocketpair:
      return std::make_unique<SocketpairKernel>(turn, first_peer_port);
    case InProcessEngine::kTcp:
      return std::make_unique<LoopbackKernel>(turn, first_peer_port);
    case InProcessEngine::kSim:
      break;
  }
  return std::make_unique<SimKernel>(turn, first_peer_port);
}

std::string_view sockets_of(InProcessEngine engine) {
  switch (engine) {
    case InProcessEngine::kSocketpair:
      return "socketpairs";
    case InProcessEngine::kTcp:
      return "loopback TCP";
    case InProcessEngine::kSim:
      break;
  }
  return "the simulated kernel";
}

}  // namespace

std::string_view to_string(InProcessEngine engine) {
  switch (engine) {
    case InProcessEngine::kSocketpair:
      return "socketpair";
    case InProcessEngine::kTcp:
      return "tcp";
    case InProcessEngine::kSim:
      break;
  }
  return "sim";
}

InProcessSource::InProcessSource(InProcessTarget target, InProcessEngine engine, std::uint64_t seed,
                                 Transcript& transcript)
    : target_(std::move(target)), engine_(engine), seed_(seed), transcript_(&transcript) {}

World& InProcessSource::world() {
  if (world_ == nullptr) renew();
  return *world_;
}

void InProcessSource::renew() {
  world_.reset();  // the old target's descriptors are free before the new one asks for its own
  interpose::count_start();
  const auto first_peer_port = static_cast<std::uint16_t>(40000 + seed_ % 20000);
  world_ = std::make_unique<InProcessWorld>(
      target_,
      [&](TargetTurn& turn) -> std::unique_ptr<InProcessKernel> {
        return make_kernel(engine_, turn, first_peer_port);
      },
      *transcript_);
}

std::string InProcessSource::description() const {
  return fmt::format("{}, in process on {}", target_.name, sockets_of(engine_));
}

}  // namespace e3
