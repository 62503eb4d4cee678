// SPDX-License-Identifier: MIT
// A correct edge-triggered server of two kinds: one reads and writes to EAGAIN, the other stops at
// a short count, as epoll(7) permits for streams. Each line is answered with kAnswerBytes bytes.
#pragma once

#include <cstddef>

namespace e3::testing_servers {

inline constexpr std::size_t kAnswerBytes = 5001;  // of 'a', the last one a line feed

enum class Drains {
  kToTheEnd,      // until EAGAIN
  kToShortCount,  // also a short count ends the turn
};
enum class Slip {
  kNone,
  kShortWriteIsAll,   // takes a short write for the whole
  kAcceptErrorEnds,   // an error of one connection ends the accept loop
  kInterruptIsFatal,  // EINTR ends the server
  kPollsTheClock,     // waits for ten milliseconds to pass before it answers
  kFailureEndsAll,    // a connection that fails ends the others, too
  kForgetsToRetry,    // out of descriptors, it waits for an edge that never comes
};

// Listens on 127.0.0.1:8080 and serves until something is thrown through a call.
void serve_edges(Drains drains, Slip slip = Slip::kNone);

}  // namespace e3::testing_servers
