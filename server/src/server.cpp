// SPDX-License-Identifier: MIT
#include "e3/server/server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

namespace e3::server {

namespace {

// A token is Loop::kWakeToken, a listener's index plus one, or a slot and its generation. The
// generation tells a connection from an earlier one in the same slot, whose events may still lie in
// the batch.
constexpr std::uint64_t listener_token(std::size_t index) { return index + 1; }
constexpr std::uint64_t connection_token(std::uint32_t slot, std::uint32_t generation) {
  return std::uint64_t{generation} << 32 | slot;
}
constexpr std::uint32_t generation_of(std::uint64_t token) {
  return static_cast<std::uint32_t>(token >> 32);
}
constexpr std::uint32_t low_half_of(std::uint64_t token) {
  return static_cast<std::uint32_t>(token);
}

// More than a listen queue holds, so that clients who keep connecting cannot keep a draining server
// alive.
constexpr int kDrainShares = 100;

// Rounded up: waking a fraction of a millisecond early would mean waking again and again until it
// is over.
int milliseconds_until(Instant then, Instant now) {
  if (then <= now) return 0;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(then - now).count();
  return static_cast<int>(std::min<std::int64_t>(wait, std::numeric_limits<int>::max()));
}

}  // namespace

Server::Server(Options options)
    : turn_(std::move(options)),
      deadlines_{
          DeadlineQueue(turn_.options.timeouts.head), DeadlineQueue(turn_.options.timeouts.body),
          DeadlineQueue(turn_.options.timeouts.idle), DeadlineQueue(turn_.options.timeouts.write),
          DeadlineQueue(turn_.options.timeouts.linger)} {}

Server::~Server() = default;

std::uint16_t Server::listen(const std::string& address, std::uint16_t port) {
  Listening listening{Listener(address, port)};
  if (!loop_.add(listening.listener.fd(), EPOLLIN | EPOLLET, listener_token(listeners_.size()))) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
  listeners_.push_back(std::move(listening));
  return listeners_.back().listener.port();
}

void Server::adopt(int fd) {
  Descriptor socket(fd);
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
    throw std::system_error(errno, std::generic_category(), "fcntl");
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
               sizeof on);  // refused where the socket is not TCP
  turn_.now = monotonic_now();
  Connection& connection = open(std::move(socket));
  update_deadline(connection);
  if (!update_registration(connection)) {
    const int error = errno;
    close(connection.token());
    throw std::system_error(error, std::generic_category(), "epoll_ctl");
  }
}

void Server::run() {
  while (!stop_requested_.exchange(false)) run_once(std::chrono::milliseconds(-1));
}

void Server::stop() noexcept {
  stop_requested_ = true;
  loop_.wake();
}

void Server::drain() noexcept {
  if (drain_requested_.exchange(true)) stop_requested_ = true;
  loop_.wake();
}

void Server::request_report() noexcept {
  report_requested_ = true;
  loop_.wake();
}

void Server::handle_requests_from_outside() {
  loop_.acknowledge_wake();
  if (report_requested_.exchange(false) && report) report(turn_.counters);
  if (drain_requested_ && !turn_.draining) start_draining();
}

void Server::start_draining() {
  turn_.draining = true;
  drain_until_ = turn_.now + turn_.options.timeouts.drain;
  // Whoever has connected by now was promised an answer; closing the listener would reset them.
  for (std::uint32_t index = 0; index != listeners_.size(); ++index) {
    listeners_[index].suspended = false;
    for (int share = 0; share != kDrainShares && accept_from(index); ++share) {
    }
  }
  listeners_.clear();
  accept_retry_at_.reset();
  for (Slot& slot : slots_) {
    if (slot.connection) conclude(*slot.connection, slot.connection->drain(turn_));
  }
}

int Server::run_once(std::chrono::milliseconds timeout) {
  const std::span<const epoll_event> events = loop_.wait(wait_limit_ms(timeout));
  turn_.now = monotonic_now();
  turn_.date_is_fresh = false;
  int handled = static_cast<int>(events.size());
  std::vector<std::uint64_t> left_over;
  left_over.swap(again_);
  for (const epoll_event& event : events) dispatch(event.data.u64, event.events);
  for (const std::uint64_t token : left_over) dispatch(token, 0);
  handled += static_cast<int>(left_over.size());
  handled += resume_accepting();
  // What is scheduled in this turn ends in a later one, so the earliest from before the wait
  // decides.
  if (turn_.now >= earliest_deadline_) handled += expire_deadlines();
  if (drain_until_ && (connection_count() == 0 || *drain_until_ <= turn_.now)) {
    stop_requested_ = true;
  }
  return handled;
}

int Server::wait_limit_ms(std::chrono::milliseconds timeout) {
  earliest_deadline_ = accept_retry_at_.value_or(kNever);
  if (drain_until_) earliest_deadline_ = std::min(earliest_deadline_, *drain_until_);
  for (const DeadlineQueue& queue : deadlines_) {
    earliest_deadline_ = std::min(earliest_deadline_, queue.earliest());
  }
  if (!again_.empty()) return 0;
  const bool limited = timeout.count() >= 0;
  const int limit = milliseconds_until(timeout, {});
  if (earliest_deadline_ == kNever || timeout.count() == 0) return limited ? limit : -1;
  const int until = milliseconds_until(earliest_deadline_, monotonic_now());
  return limited ? std::min(limit, until) : until;
}

void Server::dispatch(std::uint64_t token, std::uint32_t events) {
  if (token == Loop::kWakeToken) {
    handle_requests_from_outside();
  } else if (generation_of(token) == 0) {
    const std::uint32_t index = low_half_of(token) - 1;
    if (index < listeners_.size()) accept_in_turn(index);  // draining has closed them all
  } else if (Connection* connection = find(token)) {
    give_turn(*connection, events);
  }
}

// True when there may be more to accept and others should have their turn first.
bool Server::accept_from(std::uint32_t index) {
  Listening& listening = listeners_[index];
  for (std::size_t i = 0; i != turn_.options.limits.accepts_per_turn; ++i) {
    if (listening.suspended) return false;
    if (connection_count() >= turn_.options.limits.connections) {
      suspend(listening);  // close() resumes
      return false;
    }
    Listener::Accepted accepted = listening.listener.accept();
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
        suspend(listening);
        accept_retry_at_ = turn_.now + turn_.options.timeouts.accept_retry;
        return false;
    }
  }
  return true;
}

void Server::suspend(Listening& listening) {
  listening.suspended = true;
  accepting_is_suspended_ = true;
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
  int resumed = 0;
  for (std::uint32_t index = 0; index != listeners_.size(); ++index) {
    if (!std::exchange(listeners_[index].suspended, false)) continue;
    accept_in_turn(index);
    ++resumed;
  }
  return resumed;
}

Connection& Server::open(Descriptor socket) {
  if (free_slots_.empty()) {
    slots_.emplace_back();
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
  }
  const std::uint32_t index = free_slots_.back();
  Slot& slot = slots_[index];
  slot.connection.emplace(std::move(socket), connection_token(index, slot.generation),
                          ++turn_.counters.accepted, turn_.options);
  free_slots_.pop_back();
  if (turn_.options.log) log_event("open", *slot.connection);
  return *slot.connection;
}

Connection* Server::find(std::uint64_t token) {
  Slot& slot = slots_[low_half_of(token)];
  return slot.generation == generation_of(token) ? &*slot.connection : nullptr;
}

void Server::give_turn(Connection& connection, std::uint32_t events) {
  conclude(connection, connection.advance(events, turn_));
}

void Server::conclude(Connection& connection, Connection::Next next) {
  if (next == Connection::Next::kFinish || !update_registration(connection)) {
    close(connection.token());
    return;
  }
  update_deadline(connection);
  if (next == Connection::Next::kAgain) again_.push_back(connection.token());
}

// False when the kernel has no room for the registration: the connection cannot be served.
bool Server::update_registration(Connection& connection) {
  const std::uint32_t wanted = connection.interest();
  if (wanted == connection.registered_events) return true;
  const bool registered = connection.registered_events == 0
                              ? loop_.add(connection.fd(), wanted, connection.token())
                              : loop_.modify(connection.fd(), wanted, connection.token());
  if (registered) connection.registered_events = wanted;
  return registered;
}

void Server::update_deadline(Connection& connection) {
  const Connection::Phase phase = connection.phase();
  if (phase == connection.timed_phase && !connection.made_progress()) return;
  connection.timed_phase = phase;
  if (phase == Connection::Phase::kNone) {
    connection.cancel();
  } else {
    deadlines_[static_cast<std::size_t>(phase)].schedule(connection, turn_.now);
  }
}

int Server::expire_deadlines() {
  int expired = 0;
  for (DeadlineQueue& queue : deadlines_) {
    while (Deadline* deadline = queue.take_expired(turn_.now)) {
      auto& connection = static_cast<Connection&>(*deadline);
      ++turn_.counters.timeouts;
      ++expired;
      if (turn_.options.log) log_event("timeout", connection);
      connection.timed_phase = Connection::Phase::kNone;
      conclude(connection, connection.time_out(turn_));
    }
  }
  return expired;
}

void Server::close(std::uint64_t token) {
  Slot& slot = slots_[low_half_of(token)];
  if (turn_.options.log) log_event("close", *slot.connection);
  ++turn_.counters.closed;
  slot.connection.reset();
  if (++slot.generation == 0) slot.generation = 1;
  free_slots_.push_back(low_half_of(token));
  if (accepting_is_suspended_) accept_retry_at_ = Instant{};  // it may be possible again
}

void Server::log_event(std::string_view event, const Connection& connection) {
  std::string line = "event=";
  line += event;
  turn_.options.log(line += " connection=" + std::to_string(connection.number()));
}

}  // namespace e3::server
