// SPDX-License-Identifier: MIT
// An epoll server: listens, serves its protocol on every connection, stops when told. No globals:
// several servers may live in one process, and in one thread. All but stop() belong to one thread
// at a time.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "e3/server/connection.h"
#include "e3/server/listener.h"
#include "e3/server/loop.h"
#include "e3/server/options.h"

namespace e3::server {

class Server {
 public:
  explicit Server(Options options);  // throws std::system_error
  ~Server() = default;               // closes every descriptor at once
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens on an IPv4 or IPv6 literal and returns the port, which port 0 leaves to the kernel. May
  // be called several times. Throws std::system_error.
  std::uint16_t listen(const std::string& address, std::uint16_t port);
  void listen(Listener listener);  // likewise, on what is bound already

  // Takes ownership of a connected stream socket (AF_INET, AF_INET6 or AF_UNIX), whatever happens,
  // and makes it non-blocking. Throws std::system_error.
  void adopt(int fd);

  // Serves until stop(). Throws std::system_error when the epoll instance or a listener breaks.
  void run();

  // One epoll_wait(2) of at most `timeout` (negative: no limit) and all that its events, and the
  // work left over from the turn before, bring about. Returns how many events, left-overs and
  // expired timeouts were handled: zero means that nothing was to do.
  int run_once(std::chrono::milliseconds timeout);

  // Whether run() would return at once, so that who calls run_once() instead knows when to end:
  // stop() has been called, or what drain() began is over.
  bool is_stopping() const noexcept { return stop_requested_; }

  // Ends run(), now or when it is next called. Async-signal-safe, from any thread.
  void stop() noexcept;

  // Ends run() in good order: accepts what has connected and no more, serves the requests that have
  // begun, closes what is idle, and stops when all are gone or options.timeouts.drain has passed. A
  // second call stops at once. Async-signal-safe, from any thread.
  void drain() noexcept;

  // Calls `report` with the counters, from the thread that runs the server. Async-signal-safe.
  void request_report() noexcept;
  std::function<void(const Counters&)> report;

  const Counters& counters() const noexcept { return turn_.counters; }
  std::size_t connection_count() const noexcept { return slots_.size() - free_slots_.size(); }

 private:
  struct Slot {
    std::optional<Connection> connection;
    std::uint32_t generation = 1;  // never 0, which marks the tokens that are no connection
  };
  void note(std::uint64_t token, std::uint32_t events);
  void make_due(Connection& connection);
  void give_turn(Connection& connection);
  bool accept_from(Listener& listener);
  int accept_in_turn();
  Connection& open(Descriptor socket, bool is_tcp);
  void conclude(Connection& connection, Connection::Next next);
  void log_event(std::string_view event, const Connection& connection);
  void close(std::uint64_t token);
  bool update_registration(Connection& connection);
  void update_deadline(Connection& connection);
  Connection* find(std::uint64_t token);
  int expire_deadlines();
  void handle_requests_from_outside();
  void start_draining();
  int wait_limit_ms(std::chrono::milliseconds timeout);

  Turn turn_;
  Loop loop_;
  std::array<DeadlineQueue, 5> deadlines_;  // by phase
  std::deque<Listener> listeners_;
  std::deque<Slot> slots_;  // never moved, never freed: the next connection takes a free one
  std::vector<std::uint32_t> free_slots_;
  // Tokens of the connections with something to do, each once: a flood of events gives nobody a
  // second share of the turn.
  std::vector<std::uint64_t> due_;
  std::vector<std::uint64_t> in_turn_;
  bool accepting_is_due_ = false;
  std::optional<Instant> accept_retry_at_;
  bool accepting_is_suspended_ = false;  // until accept_retry_at_
  std::optional<Instant> drain_until_;
  Instant earliest_deadline_ = kNever;
  std::atomic<bool> stop_requested_ = false;
  std::atomic<bool> drain_requested_ = false;
  std::atomic<bool> report_requested_ = false;
};

}  // namespace e3::server
