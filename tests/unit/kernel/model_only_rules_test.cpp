// SPDX-License-Identifier: MIT
// Parts of rules that can be shown on the simulated kernel alone: here time passes when a test says
// so, a call that would sleep says so, and numbers can be taken away. On the running kernel they
// would take minutes, a second thread, or the process's own descriptors.
#include <fcntl.h>
#include <sys/timerfd.h>

#include "kernel_test.h"

namespace e3::kernel_rules {
namespace {

using sim::kNever;
using sim::kSecond;
using sim::kWouldBlock;
using sim::Nanoseconds;

using Events = std::vector<Ready>;

class ModelOnly : public KernelTest {};

// --- Time: a SYN is sent again after a second, for two minutes.

TEST_F(ModelOnly, Rule5ADroppedSynComesAgain) {
  const int listener = listen(0);
  connect();
  PeerSocket second = connect();
  kernel.accept4(listener, nullptr, nullptr, 0);
  EXPECT_TRUE(second.connecting());
  kernel.advance_to(kernel.next_timer());
  EXPECT_TRUE(second.connected());
}

TEST_F(ModelOnly, Rule5ASynThatIsNeverAnsweredTimesOut) {
  listen(0);
  connect();
  PeerSocket second = connect();
  const Nanoseconds start = kernel.now();
  while (second.connecting()) kernel.advance_to(kernel.next_timer());
  EXPECT_EQ(second.take_error(), ETIMEDOUT);
  EXPECT_EQ(kernel.now() - start, 127 * kSecond);
}

// --- Sleeping calls.

TEST_F(ModelOnly, Rule16ABlockingAcceptWaits) {
  const int listener = listen();
  kernel.fcntl(listener, F_SETFL, 0);
  EXPECT_EQ(kernel.accept4(listener, nullptr, nullptr, 0), kWouldBlock);
}

TEST_F(ModelOnly, Rule13AnyNegativeTimeOutIsForEver) {
  const int ep = epoll();
  epoll_event event{};
  EXPECT_EQ(kernel.epoll_wait(ep, &event, 1, -2), kWouldBlock);
  EXPECT_EQ(kernel.block().deadline, kNever);
  EXPECT_EQ(kernel.epoll_wait(ep, &event, 1, 30'000), kWouldBlock);
  EXPECT_EQ(kernel.block().deadline, kernel.now() + 30 * kSecond);
}

// --- Descriptors that are not the kernel's.

TEST_F(ModelOnly, Rule13ARealDescriptorsNumberIsNeverGivenOut) {
  const int fd = epoll();
  kernel.occupy_number(fd + 1);
  EXPECT_EQ(epoll(), fd + 2);
}

// --- Time: timers.

class Timers : public KernelTest {
 protected:
  int ep = epoll();

  // The number read, or a negative errno.
  long read_number(int fd) {
    std::uint64_t value = 0;
    const long result = kernel.read(fd, &value, sizeof value);
    return result < 0 ? result : static_cast<long>(value);
  }
  int timer() { return static_cast<int>(kernel.timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK)); }
  void arm(int fd, Nanoseconds first, Nanoseconds interval = 0) {
    const itimerspec value{{interval / kSecond, interval % kSecond},
                           {first / kSecond, first % kSecond}};
    EXPECT_EQ(kernel.timerfd_settime(fd, 0, &value, nullptr), 0);
  }
  void pass(Nanoseconds duration) { kernel.advance_to(kernel.now() + duration); }
};

TEST_F(Timers, Rule19TimerIsReadableOnceItsTimeHasComeUntilRead) {
  const int fd = timer();
  add(ep, fd, EPOLLIN | EPOLLOUT);
  arm(fd, 30 * kSecond);
  EXPECT_EQ(kernel.next_timer(), kernel.now() + 30 * kSecond);
  pass(30 * kSecond - 1);
  EXPECT_EQ(wait(ep), Events{});
  EXPECT_EQ(read_number(fd), -EAGAIN);
  pass(1);
  EXPECT_EQ(wait(ep), (Events{{fd, EPOLLIN}})) << "a timer is never writable";
  EXPECT_EQ(wait(ep), (Events{{fd, EPOLLIN}}));
  EXPECT_EQ(read_number(fd), 1);
  EXPECT_EQ(wait(ep), Events{});
}

TEST_F(Timers, Rule19AnUnreadPeriodicTimerHasOneEdgeAndCountsOn) {
  const int fd = timer();
  add(ep, fd, EPOLLIN | EPOLLET);
  arm(fd, kSecond, kSecond);
  pass(kSecond);
  EXPECT_EQ(wait(ep), (Events{{fd, EPOLLIN}}));
  pass(5 * kSecond);
  EXPECT_EQ(wait(ep), Events{});
  EXPECT_EQ(read_number(fd), 6);
  pass(kSecond);
  EXPECT_EQ(wait(ep), (Events{{fd, EPOLLIN}}));
}

// clock_settime(2): CLOCK_REALTIME alone. Relative timers do not care; timerfd_create(2).
TEST_F(Timers, AnAbsoluteTimerKeepsItsInstantWhenTheWallClockIsSet) {
  const int fd = static_cast<int>(kernel.timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK));
  const int relative = static_cast<int>(kernel.timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK));
  timespec now{};
  kernel.clock_gettime(CLOCK_REALTIME, &now);
  const itimerspec instant{{0, 0}, {now.tv_sec + 30, now.tv_nsec}};
  const itimerspec duration{{0, 0}, {30, 0}};
  EXPECT_EQ(kernel.timerfd_settime(fd, TFD_TIMER_ABSTIME, &instant, nullptr), 0);
  EXPECT_EQ(kernel.timerfd_settime(relative, 0, &duration, nullptr), 0);
  const Nanoseconds start = kernel.now();
  kernel.step_realtime(20 * kSecond);
  EXPECT_EQ(kernel.now(), start) << "CLOCK_MONOTONIC is not set";
  EXPECT_EQ(kernel.next_timer(), start + 10 * kSecond);
  kernel.step_realtime(20 * kSecond);
  std::uint64_t ticks = 0;
  EXPECT_EQ(kernel.read(fd, &ticks, sizeof ticks), 8) << "its instant has been passed over";
  EXPECT_EQ(kernel.next_timer(), start + 30 * kSecond);
}

TEST_F(Timers, ATimerToBeCancelledIsWhenTheWallClockIsSet) {
  const int fd = static_cast<int>(kernel.timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK));
  const itimerspec instant{{0, 0}, {4'000'000'000, 0}};
  const int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
  EXPECT_EQ(kernel.timerfd_settime(fd, flags, &instant, nullptr), 0);
  std::uint64_t ticks = 0;
  EXPECT_EQ(kernel.read(fd, &ticks, sizeof ticks), -EAGAIN);
  kernel.step_realtime(kSecond);
  EXPECT_EQ(kernel.read(fd, &ticks, sizeof ticks), -ECANCELED);
  EXPECT_EQ(kernel.read(fd, &ticks, sizeof ticks), -EAGAIN);
}

TEST_F(Timers, TimerTellsItsRestAndItsIntervalAndCanBeStopped) {
  const int fd = timer();
  arm(fd, 5 * kSecond, 2 * kSecond);
  pass(kSecond);
  itimerspec value{};
  EXPECT_EQ(kernel.timerfd_gettime(fd, &value), 0);
  EXPECT_EQ(value.it_value.tv_sec, 4);
  EXPECT_EQ(value.it_interval.tv_sec, 2);
  arm(fd, 0);
  EXPECT_EQ(kernel.next_timer(), kNever);
  pass(10 * kSecond);
  EXPECT_EQ(read_number(fd), -EAGAIN);
}

}  // namespace
}  // namespace e3::kernel_rules
