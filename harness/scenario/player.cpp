// SPDX-License-Identifier: MIT
#include "harness/scenario/player.h"

#include <cerrno>
#include <chrono>
#include <utility>

namespace e3::scenario {

Player::Player(World& world, Expect expect)
    : world_(&world),
      expect_(std::move(expect)),
      paced_(!world.abilities().virtual_time && world.abilities().can_hold) {}

template <typename Action>
void Player::with_target(const Action& action) {
  if (paced_) world_->release();
  action();
  if (paced_) world_->hold();
}

void Player::play(const Step& step) {
  if (step.verb == Verb::kSettle) {
    with_target([&] { world_->settle(); });
  } else if (step.verb == Verb::kAdvance) {
    advance(step.amount);
  } else if (step.verb == Verb::kFault) {
    if (world_->can_inject(step.fault)) world_->inject(step.fault);
  } else {
    play_peer(step);
  }
}

void Player::advance(std::uint64_t milliseconds) {
  for (Conversation& conversation : conversations_) {
    if (!conversation.left()) conversation.waited = true;
  }
  pass_time(milliseconds);
}

void Player::pass_time(std::uint64_t milliseconds) {
  with_target([&] { world_->advance(std::chrono::milliseconds(milliseconds)); });
}

Conversation& Player::open(const Step& step) {
  if (paced_) world_->hold();
  Peer peer = world_->connect({.tiny_buffers = step.verb == Verb::kConnectTiny});
  conversations_.emplace_back(std::move(peer), step.peer);
  current_[step.peer] = &conversations_.back();
  return conversations_.back();
}

void Player::play_peer(const Step& step) {
  const bool connects = step.verb == Verb::kConnect || step.verb == Verb::kConnectTiny;
  Conversation* known = current_[step.peer];
  const bool closed = known != nullptr && known->left();
  if (closed && !connects) return;
  Conversation& conversation = known == nullptr || closed ? open(step) : *known;
  switch (step.verb) {
    case Verb::kSend:
      return send(conversation, step.bytes);
    case Verb::kRead:
      return with_target([&] {
        if (step.amount == kReadAll) {
          conversation.peer.receive_to_end();
        } else {
          conversation.peer.receive_up_to(conversation.peer.received().size() + step.amount);
        }
      });
    case Verb::kHalfClose:
      if (!conversation.half_closed) conversation.peer.shutdown_write();
      conversation.half_closed = true;
      return;
    case Verb::kClose:
      return conversation.peer.close();
    case Verb::kReset:
      return conversation.peer.reset();
    case Verb::kExpectAnswer:
      // What is expected may have to be asked of the target first.
      return with_target([&] {
        conversation.peer.receive_to_end();
        expect_(conversation);
      });
    default:
      return;  // connecting is done
  }
}

void Player::send(Conversation& conversation, const std::string& bytes) {
  if (conversation.half_closed) return;
  std::size_t taken = conversation.peer.send(bytes);
  if (paced_ && taken < bytes.size()) {
    with_target([&] { taken += conversation.peer.send(std::string_view(bytes).substr(taken)); });
  }
  if (taken < bytes.size()) {
    // A server that has gone has refused the rest; one that does not read has not been given it.
    const long more = conversation.peer.wire().send(bytes.data() + taken, bytes.size() - taken);
    if (more > 0) taken += static_cast<std::size_t>(more);
    if (more < 0 && more != -EAGAIN) taken = bytes.size();
  }
  conversation.sent_before = conversation.sent.size();
  conversation.sent.append(bytes, 0, taken);
}

void Player::drain() {
  if (paced_) world_->release();
  // One peer's reading can make room for another's answer.
  for (bool came = true; came;) {
    came = false;
    for (Conversation& conversation : conversations_) {
      if (conversation.left()) continue;
      const std::size_t before = conversation.peer.received().size();
      conversation.peer.receive_to_end();
      came = came || conversation.peer.received().size() != before;
    }
  }
}

void Player::leave() {
  for (Conversation& conversation : conversations_) {
    if (!conversation.left()) conversation.peer.close();
  }
  world_->settle();
}

}  // namespace e3::scenario
