// SPDX-License-Identifier: MIT
// A timerfd_create(2) timer. A periodic one that nobody reads fires once only: Linux starts the
// next period when the last one is read.
#pragma once

#include <time.h>

#include "open_file.h"
#include "timer_queue.h"

namespace e3::sim {

class TimerFd final : public OpenFile {
 public:
  explicit TimerFd(Machine* machine)
      : OpenFile(FileKind::kTimer, machine), timer_(&TimerFd::expired, this) {}

  void create(clockid_t clock, int flags);  // TFD_ flags

  // timerfd_settime(2) and timerfd_gettime(2): 0 or -EINVAL. `old_value` may be null.
  long set_time(int flags, const itimerspec& value, itimerspec* old_value);
  long get_time(itimerspec* value);
  // CLOCK_REALTIME has been set: an absolute timer of it keeps its instant there, and one that is
  // to be cancelled then is (TFD_TIMER_CANCEL_ON_SET).
  void realtime_stepped(Nanoseconds by);

  std::uint32_t poll() override { return ticks_ != 0 ? std::uint32_t{EPOLLIN} : 0; }
  long read(const ScatterList& to) override;
  bool can_write() const override { return false; }

 private:
  void release() override;
  static void expired(void* timer);
  void start_next_period();
  void start(Nanoseconds instant);
  void fire();

  clockid_t clock_ = CLOCK_MONOTONIC;
  Timer timer_;
  Nanoseconds interval_ = 0;
  Nanoseconds last_expiry_ = 0;
  std::uint64_t ticks_ = 0;
  bool waits_for_read_ = false;  // a period has ended and the next is not running
  bool keeps_instant_ = false;   // on CLOCK_REALTIME, when that is set
  bool cancellable_ = false;
  bool cancelled_ = false;
};

}  // namespace e3::sim
