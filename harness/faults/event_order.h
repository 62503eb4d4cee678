// SPDX-License-Identifier: MIT
// In which order epoll_wait(2) reports what is ready, and how much of it at once. Linux's order is
// the order of arrival; what arrives first is the network's choice, so every order is some run's.
// A choice is made only by an object given to the world, and each is in the transcript.
#pragma once

#include <cstddef>

namespace e3 {

class EventOrder {
 public:
  virtual ~EventOrder() = default;

  // Asked before each event of a report while more than one could come next. `waiting` are ready,
  // in Linux's order; `reported` are in the report already. Returns which one comes next, below
  // `waiting` (0 is Linux's choice); or `waiting` itself: the rest arrives after this report, which
  // is possible only once something has been reported. Anything above counts as 0.
  virtual std::size_t next(std::size_t waiting, std::size_t reported) = 0;
};

}  // namespace e3
