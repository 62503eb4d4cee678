// SPDX-License-Identifier: MIT
// clock_gettime(2), called directly so that whoever answers system calls for the process also tells
// the time.
#include "e3/server/clock.h"

#include <time.h>

namespace e3::server {

Instant monotonic_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

std::chrono::seconds wall_clock_now() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::chrono::seconds(now.tv_sec);
}

}  // namespace e3::server
