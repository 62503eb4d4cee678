// SPDX-License-Identifier: MIT
#include "harness/checks/crowd.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/checks/learned.h"

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

namespace {

constexpr std::size_t kCrowds[] = {90, 60, 30, 15, 7};

bool serves_beside(Session& session, std::size_t count) {
  const std::vector<Peer> idle = connect_crowd(session.world(), count);
  Peer peer = session.world().connect();
  session.send_request(peer);
  session.receive_answer(peer);
  return masked(session.profile(), peer.received()) == session.answer().bytes;
}

std::size_t largest_crowd(Session& session) {
  // In real time those who leave would still be there when the check begins.
  if (!session.world().abilities().virtual_time) return kCrowds[0];
  for (const std::size_t count : kCrowds) {
    try {
      if (serves_beside(session, count)) return count;
    } catch (const TargetUnavailable&) {
      // A queue that is full.
    }
    if (check_health(session.world())) break;
    settle_crowd(session.world());
  }
  return kCrowds[0];  // no limit, but a bug: the checks will tell
}

}  // namespace

void play_crowd(Session& session, std::size_t count, const std::function<void()>& scenario) {
  if (session.world().abilities().virtual_time) return scenario();
  std::optional<std::size_t>& known = session.learned().crowd;
  const NotShown too_many{fmt::format("the target serves fewer than {} at once", count + 1)};
  if (count > known.value_or(count)) throw too_many;
  try {
    scenario();
  } catch (const Violation& violation) {
    const bool unserved = violation.symptom == Symptom::kNoAnswer ||
                          violation.symptom == Symptom::kSleeps ||
                          violation.symptom == Symptom::kDeaf;
    // Who serves nobody any more has shown a bug.
    const bool is_well = unserved && !check_health(session.world()) && serves_beside(session, 0);
    if (!is_well || serves_beside(session, count)) throw;
    known = count - 1;
    throw too_many;
  }
}

std::size_t crowd_that_is_served(Session& session, std::size_t wanted) {
  std::optional<std::size_t>& known = session.learned().crowd;
  if (!known) known = largest_crowd(session);
  return std::min(wanted, *known);
}

}  // namespace e3
