// SPDX-License-Identifier: MIT
#include "timer_fd.h"

#include <fcntl.h>
#include <sys/timerfd.h>

#include <algorithm>

#include "machine.h"

namespace e3::sim {

namespace {

bool valid(const timespec& time) {
  return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < kSecond;
}

Nanoseconds from_timespec(const timespec& time) {
  if (time.tv_sec >= kNever / kSecond) return kNever;
  return time.tv_sec * kSecond + time.tv_nsec;
}

timespec to_timespec(Nanoseconds time) { return {time / kSecond, time % kSecond}; }

}  // namespace

void TimerFd::create(clockid_t clock, int flags) {
  open(O_RDWR | (flags & TFD_NONBLOCK));
  clock_ = clock;
  interval_ = 0;
  ticks_ = 0;
  waits_for_read_ = false;
  keeps_instant_ = false;
  cancellable_ = false;
  cancelled_ = false;
}

long TimerFd::set_time(int flags, const itimerspec& value, itimerspec* old_value) {
  constexpr int kKnownFlags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
  if ((flags & ~kKnownFlags) != 0 || !valid(value.it_value) || !valid(value.it_interval)) {
    return -EINVAL;
  }
  if (old_value != nullptr) get_time(old_value);
  VirtualClock& clock = machine().clock;
  ticks_ = 0;
  waits_for_read_ = false;
  cancelled_ = false;
  keeps_instant_ = clock_ == CLOCK_REALTIME && (flags & TFD_TIMER_ABSTIME) != 0;
  cancellable_ = keeps_instant_ && (flags & TFD_TIMER_CANCEL_ON_SET) != 0;
  interval_ = from_timespec(value.it_interval);
  const Nanoseconds first = from_timespec(value.it_value);
  machine().timers.cancel(timer_);
  if (first == 0) return 0;
  Nanoseconds instant = clock.after(first);
  if ((flags & TFD_TIMER_ABSTIME) != 0) {
    instant = keeps_instant_ ? first - clock.realtime_offset() : first;
  }
  start(instant);
  return 0;
}

void TimerFd::start(Nanoseconds instant) {
  if (instant <= machine().clock.monotonic()) {
    last_expiry_ = instant;
    fire();
  } else {
    machine().timers.set(timer_, instant);
  }
}

void TimerFd::realtime_stepped(Nanoseconds by) {
  if (keeps_instant_ && timer_.armed()) {
    const Nanoseconds instant = timer_.instant() - by;
    machine().timers.cancel(timer_);
    start(instant);
  } else if (keeps_instant_) {
    last_expiry_ -= by;
  }
  if (!cancellable_) return;
  cancelled_ = true;
  ++ticks_;
  wake(EPOLLIN);
}

long TimerFd::get_time(itimerspec* value) {
  if (waits_for_read_ && interval_ != 0) start_next_period();
  value->it_interval = to_timespec(interval_);
  value->it_value =
      to_timespec(timer_.armed() ? timer_.instant() - machine().clock.monotonic() : 0);
  return 0;
}

long TimerFd::read(const ScatterList& to) {
  if (to.size() < sizeof ticks_) return -EINVAL;
  if (cancelled_) {
    cancelled_ = false;
    ticks_ = 0;
    return -ECANCELED;
  }
  if (ticks_ == 0) return would_block();
  if (waits_for_read_ && interval_ != 0) start_next_period();
  to.store(&ticks_, sizeof ticks_);
  ticks_ = 0;
  return sizeof ticks_;
}

// Counts the periods that have gone by unread and runs the timer to the end of the present one.
void TimerFd::start_next_period() {
  waits_for_read_ = false;
  const Nanoseconds missed = (machine().clock.monotonic() - last_expiry_) / interval_;
  ticks_ += static_cast<std::uint64_t>(missed);
  machine().timers.set(timer_, last_expiry_ + (missed + 1) * interval_);
}

void TimerFd::expired(void* timer) {
  auto& self = *static_cast<TimerFd*>(timer);
  self.last_expiry_ = self.machine().clock.monotonic();
  self.fire();
}

void TimerFd::fire() {
  ++ticks_;
  waits_for_read_ = true;
  wake(EPOLLIN);
}

void TimerFd::release() {
  machine().timers.cancel(timer_);
  keeps_instant_ = false;
  cancellable_ = false;
  machine().timer_fds.give_back(*this);
}

}  // namespace e3::sim
