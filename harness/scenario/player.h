// SPDX-License-Identifier: MIT
// Plays a scenario in a world, whatever engine carries it. The target runs at `settle`, at
// `advance`, and when a peer waits for it; between those it does not, so that what several peers do
// in a row is there all at once when it looks.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "harness/scenario/step.h"
#include "harness/world/world.h"

namespace e3::scenario {

// One connection, from its peer's side.
struct Conversation {
  Conversation(Peer connected, std::size_t who) : peer(std::move(connected)), number(who) {}

  Peer peer;
  std::size_t number;           // of the peer, from 0; a peer may connect more than once
  std::string sent;             // what the connection took, or the server was no longer there for
  std::size_t sent_before = 0;  // bytes, when the last of it was yet to be sent
  bool half_closed = false;     // the peer has ended its sending side
  bool waited = false;          // time was advanced while it was open
  bool left() const { return !peer.is_open(); }
};

class Player {
 public:
  // Called at each kExpectAnswer, when the peer has read all there is.
  using Expect = std::function<void(const Conversation&)>;

  Player(World& world, Expect expect);

  // May throw TargetUnavailable, and whatever `expect` throws.
  void play(const Step& step);
  // Lets every peer that is still there read all that comes, in turn, until nothing does.
  void drain();
  // Lets the target's timers run, as the scenario's `advance` does, but excuses nothing by it.
  void pass_time(std::uint64_t milliseconds);
  // Closes what is open, and lets the target see it.
  void leave();

  // All connections that there were, oldest first.
  const std::deque<Conversation>& conversations() const { return conversations_; }

 private:
  void play_peer(const Step& step);
  Conversation& open(const Step& step);
  void send(Conversation& conversation, const std::string& bytes);
  void advance(std::uint64_t milliseconds);
  // Lets the target run for as long as `action` takes.
  template <typename Action>
  void with_target(const Action& action);

  World* world_;
  Expect expect_;
  bool paced_;  // the target would run by itself: it is held except when it may
  std::deque<Conversation> conversations_;
  Conversation* current_[kPeers] = {};  // the latest of each peer
};

}  // namespace e3::scenario
