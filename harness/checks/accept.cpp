// SPDX-License-Identifier: MIT
// Accepting: every connection in the queue is somebody's.
#include <fmt/format.h>

#include "harness/checks/catalogue.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

constexpr std::size_t kBurst = 50;

// All connect before the target runs at all, so that one edge announces the whole queue.
void run_burst(Session& session) {
  session.sweep({"burst of", "bursts"}, {2, 3, kBurst}, [&](std::size_t count) {
    World& world = session.world();
    std::vector<Peer> peers;
    peers.reserve(count);
    world.hold();
    for (std::size_t i = 0; i < count; ++i) peers.push_back(world.connect());
    world.release();
    for (Peer& peer : peers) {
      peer.send(session.request());
      session.finish_request(peer);
    }
    std::size_t served = 0;
    for (Peer& peer : peers) {
      try {
        session.expect_answer(peer);
      } catch (const Violation& violation) {
        if (!peer.received().empty()) throw;
        throw Violation{Symptom::kNotAccepted, fmt::format("all {} are served", count),
                        fmt::format("{} are, the next gets nothing: {}", served, violation.actual)};
      }
      ++served;
    }
  });
}

constexpr Blame kBurstBlames[] = {{Symptom::kNotAccepted, "et-listen-single-accept"},
                                  {Symptom::kNoAnswer, "et-listen-single-accept"}};

constexpr Check kChecks[] = {
    {.id = "accept.burst",
     .when = "several connections arrive before the server runs, then each sends a request",
     .must = "serve every one of them",
     .because = "an edge-triggered listener reports a change, not each connection: epoll(7), "
                "\"Level-triggered and edge-triggered\"",
     .needs = {},
     .blames = kBurstBlames,
     .run = run_burst},
};

}  // namespace

std::span<const Check> accept_checks() { return kChecks; }

}  // namespace e3
