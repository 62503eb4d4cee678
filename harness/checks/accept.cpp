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
constexpr std::size_t kAborted = 1100;  // of a kind: more than a common limit of 1024
constexpr std::size_t kAbortedInReal = 100;

struct Aborted {
  std::string_view name;
  bool whole;    // the request
  bool reset;    // not closed
  bool settles;  // the target sees what was sent first
};

// All that the queue can hold.
std::vector<std::size_t> bursts(World& world) {
  const std::size_t most = std::min(kBurst, world.accept_queue().value_or(kBurst));
  if (most < 2) throw NotApplicable{"the target's queue holds one connection: listen(2)"};
  std::set<std::size_t> sizes{2, most};
  if (most > 3) sizes.insert(3);
  return {sizes.begin(), sizes.end()};
}

// Some were served, and this one was accepted and ended: a limit, if it is no bug that is seen with
// fewer.
constexpr std::size_t kLeastLimit = 8;
bool turned_away(const Peer& peer, std::size_t served) {
  return served >= kLeastLimit && peer.ending() != Ending::kOpen;
}
[[noreturn]] void throw_limit(std::size_t served) {
  throw NotShown{fmt::format("the target serves {} connections at once, and ends more", served)};
}

struct Served {
  std::size_t count;
  std::size_t of;
};

// Where the target has accepted all, it is not accepting that went wrong.
Violation unserved(Session& session, const std::optional<std::size_t>& before, Served served,
                   const Violation& seen) {
  const auto now = session.world().connections_accepted();
  const bool accepted = before && now && *now - *before >= served.of;
  return {accepted ? Symptom::kNoAnswer : Symptom::kNotAccepted,
          fmt::format("all {} are served", served.of),
          fmt::format("only {}; the next {}gets nothing: {}", served.count,
                      accepted ? "was accepted, and " : "", seen.actual)};
}

// All connect before the target runs at all, so that one edge announces the whole queue.
void run_burst(Session& session) {
  session.sweep({"burst of", "bursts"}, bursts(session.world()), [&](std::size_t count) {
    World& world = session.world();
    const auto before = world.connections_accepted();
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
        peer.receive_to_end();  // who is told first is turned away then
        if (turned_away(peer, served)) return throw_limit(served);
        if (!peer.received().empty()) throw;
        throw unserved(session, before, {served, count}, violation);
      }
      peer.close();  // a server may serve so many at once, and no more
      ++served;
    }
  });
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
  const std::string_view request = session.request();
  constexpr Aborted kKinds[] = {{"closed, half a request", false, false, true},
                                {"closed, the answer unread", true, false, true},
                                {"reset, half a request", false, true, true},
                                {"reset at once", true, true, false}};
  const std::size_t count = session.world().abilities().virtual_time ? kAborted : kAbortedInReal;
  session.sweep(
      {"series", "series"}, {0, 1, 2, 3},
      [&](std::size_t kind) {
        World& world = session.world();
        const Aborted& how = kKinds[kind];
        const auto before = world.health().descriptors;
        for (std::size_t i = 0; i < count; ++i) {
          // Whoever leaks them has shown it before there are none left.
          if (i % 100 == 99 && before && world.health().descriptors > *before + 50) break;
          Peer peer = world.connect();
          peer.send(request.substr(0, how.whole ? request.size() : request.size() / 2));
          if (how.settles) settle_crowd(world);
          how.reset ? peer.reset() : peer.close();
        }
        settle_crowd(world);
      },
      [&](std::size_t kind) { return fmt::format("{} connections {}", count, kKinds[kind].name); });
}

constexpr Blame kCrowdBlames[] = {{Symptom::kDeaf, "accept-paused-forever"},
                                  {Symptom::kDied, "fd-table-overrun"}};
constexpr Blame kAbortedBlames[] = {{Symptom::kDeaf, "conn-slot-leak"}};

constexpr Blame kBurstBlames[] = {{Symptom::kNotAccepted, "et-listen-single-accept"},
                                  {Symptom::kNoAnswer, "wakeup-lost"}};

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
     .when = "some thousand connections are broken off, one after the other, in four ways",
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
