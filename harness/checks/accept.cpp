// SPDX-License-Identifier: MIT
// Accepting: every connection in the queue is somebody's.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "harness/checks/catalogue.h"
#include "harness/checks/crowd.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

constexpr std::size_t kBurst = 50;
// More than small servers take at once; fewer than the 512 of nginx's and the 1024 of select(2).
constexpr std::size_t kCrowd = 300;
constexpr std::size_t kAborted = 300;

// All that the queue can hold.
std::vector<std::size_t> bursts(World& world) {
  const std::size_t most = std::min(kBurst, world.accept_queue().value_or(kBurst));
  if (most < 2) throw NotApplicable{"the target's queue holds one connection: listen(2)"};
  std::set<std::size_t> sizes{2, most};
  if (most > 3) sizes.insert(3);
  return {sizes.begin(), sizes.end()};
}

// All connect before the target runs at all, so that one edge announces the whole queue.
void run_burst(Session& session) {
  session.sweep({"burst of", "bursts"}, bursts(session.world()), [&](std::size_t count) {
    World& world = session.world();
    std::vector<Peer> peers;
    peers.reserve(count);
    world.hold();
    for (std::size_t i = 0; i < count; ++i) peers.push_back(world.connect());
    world.release();
    for (Peer& peer : peers) session.send_request(peer);
    std::size_t served = 0;
    for (Peer& peer : peers) {
      try {
        session.expect_answer(peer);
      } catch (const Violation& violation) {
        if (!peer.received().empty()) throw;
        throw Violation{
            Symptom::kNotAccepted, fmt::format("all {} are served", count),
            fmt::format("only {}; the next gets nothing: {}", served, violation.actual)};
      }
      ++served;
    }
  });
}

// Beyond a server's limit its queue fills, and who comes then cannot connect at all.
std::vector<Peer> crowd_that_fits(World& world, std::size_t most) {
  std::vector<Peer> crowd;
  crowd.reserve(most);
  try {
    while (crowd.size() < most) crowd.push_back(world.connect());
  } catch (const TargetUnavailable&) {
    if (crowd.empty()) throw;
  }
  settle_crowd(world);
  return crowd;
}

// Fills the server up to its limit, if it has one that low, and leaves again.
void run_crowd(Session& session) {
  session.sweep({"connections:", "crowds"}, {kCrowd}, [&](std::size_t count) {
    std::vector<Peer> crowd = crowd_that_fits(session.world(), count);
    crowd.clear();
    settle_crowd(session.world());
  });
}

// Connections that end badly, one after the other, in as many ways as there are.
void run_aborted(Session& session) {
  const std::string& request = session.request();
  session.sweep({"connections:", "series"}, {kAborted}, [&](std::size_t count) {
    World& world = session.world();
    for (std::size_t i = 0; i < count; ++i) {
      Peer peer = world.connect();
      peer.send(
          std::string_view(request).substr(0, i % 3 == 0 ? request.size() : request.size() / 2));
      if (i % 3 != 2) settle_crowd(world);
      i % 2 == 0 ? peer.reset() : peer.close();
    }
    settle_crowd(world);
  });
}

constexpr Blame kCrowdBlames[] = {{Symptom::kDeaf, "accept-paused-forever"},
                                  {Symptom::kDied, "fd-table-overrun"}};
constexpr Blame kAbortedBlames[] = {{Symptom::kDeaf, "conn-slot-leak"}};

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
    {.id = "accept.crowd",
     .when = "some hundred peers connect, send nothing and leave",
     .must = "serve whoever comes then",
     .because = "a server that stops accepting at its limit must go on when it is below it again; "
                "no event will tell an edge-triggered one: epoll(7)",
     .needs = {},
     .blames = kCrowdBlames,
     .run = run_crowd},
    {.id = "accept.aborted",
     .when = "some hundred connections are broken off, one after the other, at different moments",
     .must = "serve whoever comes then",
     .because =
         "however a connection ends, its place is free again: shutdown and reset end it alike "
         "(RFC 9293, section 3.6)",
     .needs = {},
     .blames = kAbortedBlames,
     .run = run_aborted},
};

}  // namespace

std::span<const Check> accept_checks() { return kChecks; }

}  // namespace e3
