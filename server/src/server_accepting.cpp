// SPDX-License-Identifier: MIT
// The part of Server that takes connections in: its listeners, their turns, and the last accepts of
// a server that drains.
#include <utility>

#include "e3/server/server.h"
#include "system_call.h"
#include "token.h"

namespace e3::server {

namespace {

// How many a draining server takes from one listener: more than two of its queues hold, and not
// without end, or clients who keep connecting would keep it alive.
constexpr std::size_t kDrainAccepts = 10'000;

}  // namespace

std::uint16_t Server::listen(const std::string& address, std::uint16_t port) {
  listen(Listener(address, port));
  return listeners_.back().port();
}

void Server::listen(Listener listener) {
  require(loop_.add(listener.fd(), EPOLLIN | EPOLLET, kListenerToken), "epoll_ctl");
  listeners_.push_back(std::move(listener));
}

void Server::start_draining() {
  turn_.draining = true;
  drain_until_ = turn_.now + turn_.options.timeouts.drain;
  for (Slot& slot : slots_) {
    if (!slot.connection) continue;
    slot.connection->note(EPOLLIN);  // what has arrived since the last event is served as well
    give_turn(*slot.connection);
  }
  // Whoever has connected by now was promised an answer; closing the listener would reset them. The
  // idle have made room.
  accepting_is_suspended_ = false;
  for (Listener& listener : listeners_) {
    for (std::size_t taken = 0; taken < kDrainAccepts && accept_from(listener);) {
      taken += turn_.options.limits.accepts_per_turn;
    }
  }
  listeners_.clear();
  accept_retry_at_.reset();
}

// True when there may be more to accept and others should have their turn first.
bool Server::accept_from(Listener& listener) {
  for (std::size_t i = 0; i != turn_.options.limits.accepts_per_turn; ++i) {
    // close() makes it go on.
    accepting_is_suspended_ |= connection_count() >= turn_.options.limits.connections;
    if (accepting_is_suspended_) return false;
    auto [outcome, socket] = listener.accept();
    if (outcome == Listener::Outcome::kDrained) return false;
    if (outcome == Listener::Outcome::kAccepted)
      give_turn(open(std::move(socket), listener.port() != 0));
    if (outcome == Listener::Outcome::kExhausted) {
      // The queue is not empty and no new edge will say so: remember to come back.
      ++turn_.counters.accept_failures;
      accepting_is_suspended_ = true;
      accept_retry_at_ = turn_.now + turn_.options.timeouts.accept_retry;
      return false;
    }
  }
  return true;
}

// Accepting goes on after a while, or as soon as a connection is closed. No event would say so: the
// edge for what waits in the queue has been reported.
int Server::accept_in_turn() {
  if (accept_retry_at_ && *accept_retry_at_ <= turn_.now) {
    accept_retry_at_.reset();
    accepting_is_suspended_ = false;
    accepting_is_due_ = true;
  }
  if (!std::exchange(accepting_is_due_, false)) return 0;
  for (Listener& listener : listeners_) accepting_is_due_ |= accept_from(listener);
  return 1;
}

}  // namespace e3::server
