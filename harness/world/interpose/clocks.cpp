// SPDX-License-Identifier: MIT
// Interposed: every clock and sleep; the target sees virtual time only.
#include <sys/time.h>
#include <sys/times.h>
#include <unistd.h>

#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/time_value.h"
#include "harness/world/interpose/turn.h"

using e3::interpose::before_main;
using e3::interpose::duration_of;
using e3::interpose::is_valid;
using e3::interpose::returned;
using e3::interpose::timespec_of;
using e3::interpose::timeval_of;
using e3::interpose::Turn;
using e3::interpose::whole_seconds;
namespace real = e3::real;

namespace {

// Those of processor time, and unknown ones, are for the real kernel to answer.
bool is_virtual(clockid_t clock) {
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_REALTIME_ALARM:
    case CLOCK_TAI:
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
    case CLOCK_BOOTTIME_ALARM:
      return true;
    default:
      return false;
  }
}

bool is_wall(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE ||
         clock == CLOCK_REALTIME_ALARM || clock == CLOCK_TAI;
}

e3::VirtualTime clock_value(e3::SystemCalls& kernel, clockid_t clock) {
  return is_wall(clock) ? kernel.realtime_now() : kernel.monotonic_now();
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  if (Turn kernel; kernel && is_virtual(clock)) {
    *now = timespec_of(clock_value(*kernel.operator->(), clock));
    return 0;
  }
  if (before_main.now && is_virtual(clock)) {
    *now = timespec_of(is_wall(clock) ? before_main.realtime : before_main.monotonic);
    return 0;
  }
  return real::clock_gettime(clock, now);
}

int gettimeofday(timeval* __restrict now, void* __restrict zone) noexcept {
  if (Turn kernel; kernel) {
    *now = timeval_of(kernel->realtime_now());
    return 0;
  }
  if (before_main.now) {
    *now = timeval_of(before_main.realtime);
    return 0;
  }
  return real::gettimeofday(now, zone);
}

time_t time(time_t* now) noexcept {
  if (Turn kernel; kernel) {
    const time_t value = whole_seconds(kernel->realtime_now()).count();
    if (now != nullptr) *now = value;
    return value;
  }
  if (before_main.now) {
    const time_t value = whole_seconds(before_main.realtime).count();
    if (now != nullptr) *now = value;
    return value;
  }
  return real::time(now);
}

int timespec_get(timespec* now, int base) noexcept {
  if (Turn kernel; kernel && base == TIME_UTC) {
    *now = timespec_of(kernel->realtime_now());
    return base;
  }
  return real::timespec_get(now, base);
}

// The processor times, as far as the real kernel has noticed any, and the ticks of virtual time.
clock_t times(tms* used) noexcept {
  const clock_t ticks = real::times(used);
  if (Turn kernel; kernel) {
    static const long per_second = sysconf(_SC_CLK_TCK);
    return kernel->monotonic_now() / (e3::VirtualTime(std::chrono::seconds(1)) / per_second);
  }
  return ticks;
}

int nanosleep(const timespec* duration, timespec* remaining) {
  if (Turn kernel; kernel) {
    if (!is_valid(*duration)) return returned(-EINVAL);
    kernel->sleep(duration_of(*duration));
    return 0;
  }
  return real::nanosleep(duration, remaining);
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* duration, timespec* remaining) {
  if (Turn kernel; kernel) {
    if (!is_valid(*duration)) return EINVAL;  // it returns the error itself
    std::chrono::nanoseconds length = duration_of(*duration);
    if ((flags & TIMER_ABSTIME) != 0) length -= clock_value(*kernel.operator->(), clock);
    kernel->sleep(length);
    return 0;
  }
  return real::clock_nanosleep(clock, flags, duration, remaining);
}

unsigned sleep(unsigned seconds) {
  if (Turn kernel; kernel) {
    kernel->sleep(std::chrono::seconds(seconds));
    return 0;
  }
  return real::sleep(seconds);
}

int usleep(useconds_t microseconds) {
  if (Turn kernel; kernel) {
    kernel->sleep(std::chrono::microseconds(microseconds));
    return 0;
  }
  return real::usleep(microseconds);
}

}  // extern "C"

namespace e3::interpose {
void link_clocks() {}
}  // namespace e3::interpose
