// SPDX-License-Identifier: MIT
// An epoll server: listens, serves its protocol on every connection, stops when told. No globals:
// several servers may live in one process, and in one thread. All but stop() belong to one thread
// at a time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
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
  ~Server();                         // closes every descriptor at once
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens on an IPv4 or IPv6 literal and returns the port, which port 0 leaves to the kernel. May
  // be called several times. Throws std::system_error.
  std::uint16_t listen(const std::string& address, std::uint16_t port);

  // Takes ownership of a connected stream socket (AF_INET, AF_INET6 or AF_UNIX), whatever happens,
  // and makes it non-blocking. Throws std::system_error.
  void adopt(int fd);

  // Serves until stop(). Throws std::system_error when the epoll instance or a listener breaks.
  void run();

  // One epoll_wait(2) of at most `timeout` (negative: no limit) and all that its events, and the
  // work left over from the turn before, bring about. Returns how many events, left-overs and
  // expired timeouts were handled: zero means that nothing was to do.
  int run_once(std::chrono::milliseconds timeout);

  // Ends run(), now or when it is next called. Async-signal-safe, from any thread.
  void stop() noexcept;

 private:
  struct Slot {
    std::unique_ptr<Connection> connection;
    std::uint32_t generation = 1;  // never 0, which marks the tokens that are no connection
  };
  struct Listening {
    Listener listener;
    bool suspended = false;  // until resume_accepting_ passes or a connection is closed
  };

  void dispatch(std::uint64_t token, std::uint32_t events);
  void accept_from(std::uint32_t index);
  Connection& open(Descriptor socket);
  void give_turn(Connection& connection, std::uint32_t events);
  void close(std::uint64_t token);
  bool update_registration(Connection& connection);
  void update_deadline(Connection& connection);
  Connection* find(std::uint64_t token);
  int expire_deadlines();
  int resume_accepting();
  int wait_limit_ms(std::chrono::milliseconds timeout) const;

  Turn turn_;
  Loop loop_;
  DeadlineQueue head_deadlines_;
  DeadlineQueue write_deadlines_;
  DeadlineQueue linger_deadlines_;
  std::deque<Listening> listeners_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::uint64_t> again_;  // tokens with work that needs no event
  std::optional<Instant> accept_retry_at_;
  std::atomic<bool> stop_requested_ = false;
};

}  // namespace e3::server
