// SPDX-License-Identifier: MIT
#include "e3/server/server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <limits>

#include "system_call.h"
#include "token.h"

namespace e3::server {

namespace {

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

void Server::adopt(int fd) {
  Descriptor socket(fd);
  const int flags = ::fcntl(fd, F_GETFL);
  require(flags >= 0 && ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0, "fcntl");
  const int on = 1;
  // Refused where the socket is not TCP.
  const bool is_tcp = ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0;
  turn_.now = monotonic_now();
  Connection& connection = open(std::move(socket), is_tcp);
  update_deadline(connection);
  if (!update_registration(connection)) {
    const int error = errno;
    close(connection.token());
    throw_system_error("epoll_ctl", error);
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

int Server::run_once(std::chrono::milliseconds timeout) {
  const std::span<const epoll_event> events = loop_.wait(wait_limit_ms(timeout));
  turn_.now = monotonic_now();
  int handled = static_cast<int>(events.size() + due_.size());
  for (const epoll_event& event : events) note(event.data.u64, event.events);
  in_turn_.clear();
  in_turn_.swap(due_);
  for (const std::uint64_t token : in_turn_) {
    if (Connection* connection = find(token)) give_turn(*connection);
  }
  handled += accept_in_turn();
  // What is scheduled in this turn ends in a later one, so the earliest from before the wait
  // decides.
  if (turn_.now >= earliest_deadline_) handled += expire_deadlines();
  if (drain_until_ && (connection_count() == 0 || *drain_until_ <= turn_.now)) {
    stop_requested_ = true;
    drain_until_.reset();  // a deadline that has passed would let nobody wait any more
  }
  return handled;
}

int Server::wait_limit_ms(std::chrono::milliseconds timeout) {
  earliest_deadline_ = accept_retry_at_.value_or(kNever);
  if (drain_until_) earliest_deadline_ = std::min(earliest_deadline_, *drain_until_);
  for (const DeadlineQueue& queue : deadlines_) {
    earliest_deadline_ = std::min(earliest_deadline_, queue.earliest());
  }
  if (!due_.empty() || accepting_is_due_) return 0;
  const bool limited = timeout.count() >= 0;
  const int limit = milliseconds_until(timeout, {});
  if (earliest_deadline_ == kNever || timeout.count() == 0) return limited ? limit : -1;
  const int until = milliseconds_until(earliest_deadline_, monotonic_now());
  return limited ? std::min(limit, until) : until;
}

void Server::note(std::uint64_t token, std::uint32_t events) {
  if (token == Loop::kWakeToken) {
    handle_requests_from_outside();
  } else if (token == kListenerToken) {
    accepting_is_due_ = true;
  } else if (Connection* connection = find(token)) {
    connection->note(events);
    make_due(*connection);
  }
}

void Server::make_due(Connection& connection) {
  if (!std::exchange(connection.is_due, true)) due_.push_back(connection.token());
}

void Server::give_turn(Connection& connection) {
  connection.is_due = false;
  conclude(connection, connection.advance(turn_));
}

Connection& Server::open(Descriptor socket, bool is_tcp) {
  if (free_slots_.empty()) {
    slots_.emplace_back();
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
  }
  const std::uint32_t index = free_slots_.back();
  Slot& slot = slots_[index];
  slot.connection.emplace(std::move(socket), is_tcp, connection_token(index, slot.generation),
                          ++turn_.counters.accepted, turn_.options);
  free_slots_.pop_back();
  log_event("open", *slot.connection);
  return *slot.connection;
}

Connection* Server::find(std::uint64_t token) {
  Slot& slot = slots_[low_half_of(token)];
  return slot.generation == generation_of(token) ? &*slot.connection : nullptr;
}

void Server::conclude(Connection& connection, Connection::Next next) {
  if (next == Connection::Next::kFinish || !update_registration(connection)) {
    close(connection.token());
    return;
  }
  update_deadline(connection);
  if (next == Connection::Next::kAgain) make_due(connection);
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
      ++expired;
      connection.timed_phase = Connection::Phase::kNone;
      conclude(connection, connection.time_out(turn_));
    }
  }
  return expired;
}

void Server::close(std::uint64_t token) {
  Slot& slot = slots_[low_half_of(token)];
  log_event("close", *slot.connection);
  ++turn_.counters.closed;
  slot.connection.reset();
  if (++slot.generation == 0) slot.generation = 1;
  free_slots_.push_back(low_half_of(token));
  if (accepting_is_suspended_) accept_retry_at_ = Instant{};  // it may be possible again
}

void Server::log_event(std::string_view event, const Connection& connection) {
  if (!turn_.options.log) return;
  turn_.connection = connection.number();
  turn_.log(event);
}

}  // namespace e3::server
