// SPDX-License-Identifier: MIT
#include "harness/world/engines/linux/virtual_timer.h"

#include <cerrno>
#include <chrono>

#include "harness/world/interpose/time_value.h"

namespace e3 {
namespace {

using interpose::duration_of;
using interpose::is_valid;
using interpose::timespec_of;

}  // namespace

long VirtualTimer::set(int flags, const itimerspec& value, itimerspec* old, VirtualTime now) {
  if (!is_valid(value.it_value) || !is_valid(value.it_interval)) return -EINVAL;
  if (old != nullptr) get(*old, now);
  const VirtualTime first = duration_of(value.it_value);
  signalled_ = false;
  interval_ = duration_of(value.it_interval);
  next_.reset();
  if (first == VirtualTime{0}) return 0;
  absolute_ = (flags & TFD_TIMER_ABSTIME) != 0;
  next_ = absolute_ ? first - clock_at_start_ : now + first;
  return 0;
}

void VirtualTimer::get(itimerspec& value, VirtualTime now) const {
  value.it_interval = timespec_of(interval_);
  VirtualTime left{0};
  if (next_ && *next_ > now) left = *next_ - now;
  if (next_ && *next_ <= now && interval_ != VirtualTime{0}) {
    left = interval_ - (now - *next_) % interval_;
  }
  value.it_value = timespec_of(left);
}

std::uint64_t VirtualTimer::read(VirtualTime now) {
  if (!next_ || *next_ > now) return 0;
  signalled_ = false;
  std::uint64_t expirations = 1;
  if (interval_ == VirtualTime{0}) {
    next_.reset();
  } else {
    expirations += static_cast<std::uint64_t>((now - *next_) / interval_);
    *next_ += static_cast<std::int64_t>(expirations) * interval_;
  }
  return expirations;
}

std::optional<VirtualTime> VirtualTimer::next_expiry() const {
  return signalled_ ? std::nullopt : next_;
}

void VirtualTimer::realtime_stepped(VirtualTime by) {
  if (!on_realtime_) return;
  clock_at_start_ += by;
  if (absolute_ && next_) *next_ -= by;
}

bool VirtualTimer::expires(VirtualTime now) {
  if (signalled_ || !next_ || *next_ > now) return false;
  signalled_ = true;
  return true;
}

}  // namespace e3
