// SPDX-License-Identifier: MIT
// Many peers at once.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/checks/session.h"

namespace e3 {

// Lets the target act on what a crowd did. Where time is real the scenario goes on at once: a
// target that takes some of them only would be waited for once for each of the others.
void settle_crowd(World& world);

// All connected, and accepted by a target that accepts them.
std::vector<Peer> connect_crowd(World& world, std::size_t count,
                                const ConnectOptions& options = {});

// The most peers, up to `wanted`, beside whom the target serves another; all of them where it has
// no limit that low. Asks the target once a run.
std::size_t crowd_that_is_served(Session& session, std::size_t wanted);

}  // namespace e3
