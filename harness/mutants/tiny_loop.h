// SPDX-License-Identifier: MIT
// The inside of the tiny server: what it keeps of each connection, and its loop.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/mutants/tiny_server.h"

namespace e3::mutants {

using Milliseconds = std::int64_t;  // on the clock of TinyServer::now()

inline constexpr Milliseconds kNever = INT64_MAX;
inline constexpr Milliseconds kHeadTime = 10'250;       // for the whole head; no round number
inline constexpr Milliseconds kWriteTime = 30'000;      // without a byte taken by the peer
inline constexpr Milliseconds kShortWriteTime = 1'000;  // of kNeverRenewsWriteTime
inline constexpr Milliseconds kLingerTime = 2'000;      // from the last byte sent to the peer's end
inline constexpr Milliseconds kRetryTime = 100;         // after accept ran out of something
inline constexpr int kConnectionLimit = 100;
inline constexpr std::size_t kHeadLimit = 16'000;  // bytes

struct Connection {
  std::string input;
  std::size_t last_read = 0;  // bytes
  std::size_t head_size = 0;  // of what has come of it
  std::string output;
  bool answered = false;
  bool lingers = false;  // all is sent and this side shut; input is dropped until it ends
  Milliseconds deadline = kNever;
};

class TinyServer {
 public:
  TinyServer(Bug bug, std::uint16_t port);
  ~TinyServer();
  TinyServer(const TinyServer&) = delete;
  TinyServer& operator=(const TinyServer&) = delete;
  void run();

 private:
  bool has(Bug bug) const { return bug == bug_; }
  bool blocks() const { return has(Bug::kBlocksInSend) || has(Bug::kBlocksForWholeHead); }
  bool watch(int fd, std::uint32_t events, int operation);

  // tiny_server.cpp: accepting and waiting.
  void accept_all();
  bool take_in(int fd);
  bool accept_failed(int error);
  void stop_accepting(Milliseconds until);
  void go_on_accepting();
  Milliseconds now() const;
  int milliseconds_to_wait() const;
  int wait(std::span<epoll_event> events);
  void close_overdue();

  // tiny_serving.cpp: one connection.
  void serve(int fd, std::uint32_t events);
  bool read_from(int fd, Connection& connection);
  void take_input(Connection& connection, std::string_view bytes, bool read_was_full);
  bool is_too_long(const Connection& connection) const;
  void end_of_input(int fd, Connection& connection);
  void answer(Connection& connection);
  void write_to(int fd, Connection& connection);
  void finish(int fd, Connection& connection);
  bool drop_input(int fd);
  void fail(int fd);
  void drop(int fd);

  Bug bug_;
  bool edges_;  // edge-triggered
  int listener_;
  int epoll_;
  std::map<int, Connection> connections_;
  int open_ = 0;                     // connections counted against the limit
  bool accepts_ = true;              // the listener is armed
  Milliseconds accept_at_ = kNever;  // when to try again
  bool ending_overdue_ = false;
  int answers_ = 0;
  int connections_seen_ = 0;
  std::string shared_input_;            // of kSharesInput
  std::map<int, Milliseconds> timers_;  // of kKeepsTimer, by descriptor
  std::vector<std::string> buffers_;    // of kKeepsBuffers
};

}  // namespace e3::mutants
