// SPDX-License-Identifier: MIT
// The times that calls are given, which of them Linux takes and how long they are; and those that
// calls give.
#pragma once

#include <sys/time.h>

#include <algorithm>
#include <chrono>
#include <ctime>

namespace e3::interpose {

// Others are EINVAL: nanosleep(2), ppoll(2), epoll_pwait2(2).
inline bool is_valid(const timespec& time) {
  return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec <= 999'999'999;
}
// Linux takes more than a million microseconds; select(2).
inline bool is_valid(const timeval& time) { return time.tv_sec >= 0 && time.tv_usec >= 0; }

// "For ever" is often the largest number of seconds there is. These fit with any clock's reading
// into VirtualTime.
constexpr std::chrono::seconds kLongest{std::chrono::hours{24 * 365 * 100}};

inline std::chrono::nanoseconds duration_of(const timespec& time) {
  return std::min(std::chrono::seconds(time.tv_sec), kLongest) +
         std::chrono::nanoseconds(time.tv_nsec);
}
inline std::chrono::nanoseconds duration_of(const timeval& time) {
  return std::min(std::chrono::seconds(time.tv_sec), kLongest) +
         std::min(std::chrono::microseconds(time.tv_usec), std::chrono::microseconds(kLongest));
}

inline std::chrono::seconds whole_seconds(std::chrono::nanoseconds time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}
inline timespec timespec_of(std::chrono::nanoseconds time) {
  return {.tv_sec = whole_seconds(time).count(), .tv_nsec = (time - whole_seconds(time)).count()};
}
inline timeval timeval_of(std::chrono::nanoseconds time) {
  return {.tv_sec = whole_seconds(time).count(),
          .tv_usec = (time - whole_seconds(time)).count() / 1000};
}

}  // namespace e3::interpose
