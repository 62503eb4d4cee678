// SPDX-License-Identifier: MIT
// Many peers at once.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "harness/checks/session.h"

namespace e3 {

// Lets the target act on what a crowd did. Where time is real the scenario goes on at once: a
// target that takes some of them only would be waited for once for each of the others.
void settle_crowd(World& world);

// All connected, and accepted by a target that accepts them.
std::vector<Peer> connect_crowd(World& world, std::size_t count,
                                const ConnectOptions& options = {});

// Up to `most`: beyond a target's limit its queue fills, and who comes then cannot connect at all.
std::vector<Peer> crowd_that_fits(World& world, std::size_t most);

// The most peers, up to `wanted`, beside whom the target serves another; all of them where it has
// no limit that low. Asks the target once a run.
std::size_t crowd_that_is_served(Session& session, std::size_t wanted);

// Plays a scenario of `count` peers. Where time is real that is asked only when it has gone wrong:
// throws NotShown where the target then serves nobody beside so many.
void play_crowd(Session& session, std::size_t count, const std::function<void()>& scenario);

}  // namespace e3
