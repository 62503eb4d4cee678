// SPDX-License-Identifier: MIT
// The part of Server that takes connections in: its listeners, their turns, and the last accepts of
// a server that drains.
#include <utility>

#include "e3/server/server.h"
#include "system_call.h"
#include "token.h"

namespace e3::server {

namespace {

// More than a listen queue holds, so that clients who keep connecting cannot keep a draining server
// alive.
constexpr int kDrainShares = 100;

}  // namespace

std::uint16_t Server::listen(const std::string& address, std::uint16_t port) {
  listen(Listener(address, port));
  return listeners_.back().port();
}

void Server::listen(Listener listener) {
  const std::uint64_t token = listener_token(listeners_.size());
  require(loop_.add(listener.fd(), EPOLLIN | EPOLLET, token), "epoll_ctl");
  listeners_.push_back(std::move(listener));
}

void Server::start_draining() {
  turn_.draining = true;
  drain_until_ = turn_.now + turn_.options.timeouts.drain;
  // Whoever has connected by now was promised an answer; closing the listener would reset them.
  accepting_is_suspended_ = false;
  for (std::uint32_t index = 0; index != listeners_.size(); ++index) {
    for (int share = 0; share != kDrainShares && accept_from(index); ++share) {
    }
  }
  listeners_.clear();
  accept_retry_at_.reset();
  for (Slot& slot : slots_) {
    if (slot.connection) conclude(*slot.connection, slot.connection->drain(turn_));
  }
}

// True when there may be more to accept and others should have their turn first.
bool Server::accept_from(std::uint32_t index) {
  for (std::size_t i = 0; i != turn_.options.limits.accepts_per_turn; ++i) {
    if (connection_count() >= turn_.options.limits.connections) {
      accepting_is_suspended_ = true;  // close() makes it go on
    }
    if (accepting_is_suspended_) return false;
    Listener::Accepted accepted = listeners_[index].accept();
    switch (accepted.outcome) {
      case Listener::Outcome::kAccepted:
        give_turn(open(std::move(accepted.connection)), 0);
        break;
      case Listener::Outcome::kSkipped:
        break;
      case Listener::Outcome::kDrained:
        return false;
      case Listener::Outcome::kExhausted:
        // The queue is not empty and no new edge will say so: remember to come back.
        ++turn_.counters.accept_failures;
        accepting_is_suspended_ = true;
        accept_retry_at_ = turn_.now + turn_.options.timeouts.accept_retry;
        return false;
    }
  }
  return true;
}

void Server::accept_in_turn(std::uint32_t index) {
  if (accept_from(index)) again_.push_back(listener_token(index));
}

// Accepting goes on after a while, or as soon as a connection is closed. No event would say so: the
// edge for what waits in the queue has been reported.
int Server::resume_accepting() {
  if (!accept_retry_at_ || *accept_retry_at_ > turn_.now) return 0;
  accept_retry_at_.reset();
  accepting_is_suspended_ = false;
  for (std::uint32_t index = 0; index != listeners_.size(); ++index) accept_in_turn(index);
  return 1;
}

}  // namespace e3::server
