// SPDX-License-Identifier: MIT
// timerfd_create(2) in virtual time, on top of an eventfd(2) that becomes readable when the timer
// expires. (An eventfd is writable, too, which a timerfd never is.)
#pragma once

#include <sys/timerfd.h>

#include <cstdint>
#include <optional>

#include "harness/world/engines/linux/open_file.h"
#include "harness/world/transcript.h"

namespace e3 {

class VirtualTimer final : public OpenFile {
 public:
  // `clock_at_start`: what its clock says when the world begins.
  VirtualTimer(bool on_realtime, VirtualTime clock_at_start)
      : on_realtime_(on_realtime), clock_at_start_(clock_at_start) {}

  // `now` is the world's time in all of these.
  long set(int flags, const itimerspec& value, itimerspec* old, VirtualTime now);
  void get(itimerspec& value, VirtualTime now) const;
  // How often it has expired since the last read; 0: it would block.
  std::uint64_t read(VirtualTime now);
  std::optional<VirtualTime> next_expiry() const;
  // True at the first expiry since it was read or set: the time to wake whoever waits.
  bool expires(VirtualTime now);
  // CLOCK_REALTIME has been set: an absolute timer of it keeps its instant there.
  // (TFD_TIMER_CANCEL_ON_SET is not shown.)
  void realtime_stepped(VirtualTime by);

 private:
  bool on_realtime_;
  VirtualTime clock_at_start_;
  bool absolute_ = false;
  std::optional<VirtualTime> next_;
  VirtualTime interval_{0};
  bool signalled_ = false;
};

}  // namespace e3
