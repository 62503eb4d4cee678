// SPDX-License-Identifier: MIT
#include "harness/checks/crowd.h"

#include <algorithm>

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

std::size_t crowd_that_is_served(Session& session, std::size_t wanted) {
  std::optional<std::size_t>& known = session.learned().crowd;
  if (!known) known = largest_crowd(session);
  return std::min(wanted, *known);
}

}  // namespace e3
