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
      head_deadlines_(turn_.options.timeouts.head),
      write_deadlines_(turn_.options.timeouts.write),
      linger_deadlines_(turn_.options.timeouts.linger) {}

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

int Server::run_once(std::chrono::milliseconds timeout) {
  const std::span<const epoll_event> events = loop_.wait(wait_limit_ms(timeout));
  turn_.now = monotonic_now();
  int handled = static_cast<int>(events.size());
  std::vector<std::uint64_t> left_over;
  left_over.swap(again_);
  for (const epoll_event& event : events) dispatch(event.data.u64, event.events);
  for (const std::uint64_t token : left_over) dispatch(token, 0);
  handled += static_cast<int>(left_over.size());
  handled += resume_accepting();
  handled += expire_deadlines();
  return handled;
}

int Server::wait_limit_ms(std::chrono::milliseconds timeout) const {
  if (!again_.empty() || timeout.count() == 0) return 0;
  std::optional<Instant> earliest = accept_retry_at_;
  for (const DeadlineQueue* queue : {&head_deadlines_, &write_deadlines_, &linger_deadlines_}) {
    const std::optional<Instant> next = queue->earliest();
    if (next && (!earliest || *next < *earliest)) earliest = next;
  }
  int limit = -1;
  if (timeout.count() > 0) {
    limit =
        static_cast<int>(std::min<std::int64_t>(timeout.count(), std::numeric_limits<int>::max()));
  }
  if (!earliest) return limit;
  const int until = milliseconds_until(*earliest, monotonic_now());
  return limit < 0 ? until : std::min(limit, until);
}

void Server::dispatch(std::uint64_t token, std::uint32_t events) {
  if (token == Loop::kWakeToken) {
    loop_.acknowledge_wake();
  } else if (generation_of(token) == 0) {
    accept_from(low_half_of(token) - 1);
  } else if (Connection* connection = find(token)) {
    give_turn(*connection, events);
  }
}

void Server::accept_from(std::uint32_t index) {
  Listening& listening = listeners_[index];
  if (listening.suspended) return;
  for (std::size_t i = 0; i != turn_.options.limits.accepts_per_turn; ++i) {
    Listener::Accepted accepted = listening.listener.accept();
    switch (accepted.outcome) {
      case Listener::Outcome::kAccepted:
        give_turn(open(std::move(accepted.connection)), 0);
        break;
      case Listener::Outcome::kSkipped:
        break;
      case Listener::Outcome::kDrained:
        return;
      case Listener::Outcome::kExhausted:
        // The queue is not empty and no new edge will say so: remember to come back.
        listening.suspended = true;
        accept_retry_at_ = turn_.now + turn_.options.timeouts.accept_retry;
        return;
    }
  }
  again_.push_back(listener_token(index));
}

// Called in every turn; does something when accepting is suspended and its time has come, or a
// descriptor has become free (then accept_retry_at_ lies in the past).
int Server::resume_accepting() {
  if (!accept_retry_at_ || *accept_retry_at_ > turn_.now) return 0;
  accept_retry_at_.reset();
  for (std::uint32_t index = 0; index != listeners_.size(); ++index) {
    if (std::exchange(listeners_[index].suspended, false)) accept_from(index);
  }
  return 1;
}

Connection& Server::open(Descriptor socket) {
  if (free_slots_.empty()) {
    slots_.emplace_back();
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
  }
  const std::uint32_t index = free_slots_.back();
  Slot& slot = slots_[index];
  slot.connection = std::make_unique<Connection>(
      std::move(socket), connection_token(index, slot.generation), turn_.options);
  free_slots_.pop_back();
  return *slot.connection;
}

Connection* Server::find(std::uint64_t token) {
  Slot& slot = slots_[low_half_of(token)];
  return slot.generation == generation_of(token) ? slot.connection.get() : nullptr;
}

void Server::give_turn(Connection& connection, std::uint32_t events) {
  const Connection::Next next = connection.advance(events, turn_);
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
  const bool progressed = phase == Connection::Phase::kWrite && connection.has_sent();
  if (phase == connection.timed_phase && !progressed) return;
  connection.timed_phase = phase;
  switch (phase) {
    case Connection::Phase::kNone:
      connection.cancel();
      break;
    case Connection::Phase::kHead:
      head_deadlines_.schedule(connection, turn_.now);
      break;
    case Connection::Phase::kWrite:
      write_deadlines_.schedule(connection, turn_.now);
      break;
    case Connection::Phase::kLinger:
      linger_deadlines_.schedule(connection, turn_.now);
      break;
  }
}

int Server::expire_deadlines() {
  int expired = 0;
  for (DeadlineQueue* queue : {&head_deadlines_, &write_deadlines_, &linger_deadlines_}) {
    while (Deadline* deadline = queue->take_expired(turn_.now)) {
      close(static_cast<Connection*>(deadline)->token());
      ++expired;
    }
  }
  return expired;
}

void Server::close(std::uint64_t token) {
  Slot& slot = slots_[low_half_of(token)];
  slot.connection.reset();
  if (++slot.generation == 0) slot.generation = 1;
  free_slots_.push_back(low_half_of(token));
  if (accept_retry_at_) accept_retry_at_ = Instant{};  // a descriptor is free again
}

}  // namespace e3::server
