// SPDX-License-Identifier: MIT
// eventfd, timerfd, signalfd and pipes as event loops use them (rule 19 in
// harness/kernel/rules.md).
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include <csignal>

#include "kernel_test.h"

namespace e3::kernel_rules {
namespace {

using Events = std::vector<Ready>;

class EventSources : public KernelTest {
 protected:
  int ep = epoll();

  long write_number(int fd, std::uint64_t value) { return kernel.write(fd, &value, sizeof value); }
  // The number read, or a negative errno.
  long read_number(int fd) {
    std::uint64_t value = 0;
    const long result = kernel.read(fd, &value, sizeof value);
    return result < 0 ? result : static_cast<long>(value);
  }
};

TEST_F(EventSources, Rule19EachEventfdWriteIsAnEdgeWithoutARead) {
  const int fd = static_cast<int>(kernel.eventfd(0, EFD_NONBLOCK));
  add(ep, fd, EPOLLIN | EPOLLET);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(write_number(fd, 1), 8);
    EXPECT_EQ(wait(ep), (Events{{fd, EPOLLIN}}));
    EXPECT_EQ(wait(ep), Events{});
  }
  EXPECT_EQ(read_number(fd), 2);
  EXPECT_EQ(read_number(fd), -EAGAIN);
}

TEST_F(EventSources, Rule19EventfdThatWouldOverflowIsNotWritable) {
  const int fd = static_cast<int>(kernel.eventfd(0, EFD_NONBLOCK));
  EXPECT_EQ(write_number(fd, UINT64_MAX), -EINVAL);
  EXPECT_EQ(write_number(fd, UINT64_MAX - 1), 8);
  EXPECT_EQ(write_number(fd, 1), -EAGAIN);
  EXPECT_EQ(ready(fd), std::uint32_t{EPOLLIN});
}

TEST_F(EventSources, SemaphoreEventfdCountsDownByOne) {
  const int fd = static_cast<int>(kernel.eventfd(2, EFD_NONBLOCK | EFD_SEMAPHORE));
  EXPECT_EQ(read_number(fd), 1);
  EXPECT_EQ(read_number(fd), 1);
  EXPECT_EQ(read_number(fd), -EAGAIN);
}

TEST_F(EventSources, Rule19AnAbsoluteTimerInThePastIsReadableAtOnceUntilRead) {
  const int fd = static_cast<int>(kernel.timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK));
  const itimerspec value{{0, 0}, {1, 0}};
  EXPECT_EQ(kernel.timerfd_settime(fd, TFD_TIMER_ABSTIME, &value, nullptr), 0);
  EXPECT_EQ(ready(fd), std::uint32_t{EPOLLIN}) << "a timer is never writable";
  EXPECT_EQ(read_number(fd), 1);
  EXPECT_EQ(read_number(fd), -EAGAIN);
}

TEST_F(EventSources, Rule19SignalfdReadsPendingSignalsOfItsMask) {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGTERM);
  const int fd = static_cast<int>(kernel.signalfd4(-1, &mask, SFD_NONBLOCK));
  add(ep, fd, EPOLLIN);
  kernel.raise(SIGUSR1);
  EXPECT_EQ(wait(ep), Events{});
  kernel.raise(SIGTERM);
  EXPECT_EQ(wait(ep), (Events{{fd, EPOLLIN}}));
  signalfd_siginfo record{};
  EXPECT_EQ(kernel.read(fd, &record, sizeof record), static_cast<long>(sizeof record));
  EXPECT_EQ(record.ssi_signo, static_cast<std::uint32_t>(SIGTERM));
  EXPECT_EQ(kernel.read(fd, &record, sizeof record), -EAGAIN);
  EXPECT_TRUE(kernel.take_signal(SIGUSR1));
}

TEST_F(EventSources, PipeEndsHangUpAndBreak) {
  std::array<int, 2> ends{};
  kernel.pipe2(ends.data(), O_NONBLOCK);
  kernel.write(ends[1], "x", 1);
  kernel.close(ends[1]);
  EXPECT_EQ(ready(ends[0]), std::uint32_t{EPOLLIN | EPOLLHUP});
  char byte = 0;
  EXPECT_EQ(kernel.read(ends[0], &byte, 1), 1);
  EXPECT_EQ(kernel.read(ends[0], &byte, 1), 0);
  kernel.pipe2(ends.data() + 0, O_NONBLOCK);
  kernel.close(ends[0]);
  EXPECT_EQ(ready(ends[1]), std::uint32_t{EPOLLOUT | EPOLLERR});
  EXPECT_EQ(kernel.write(ends[1], "x", 1), -EPIPE);
  EXPECT_TRUE(kernel.take_signal(SIGPIPE));
}

TEST_F(EventSources, APipeThatWasFullIsWritableOnceAPageIsFree) {
  std::array<int, 2> ends{};
  kernel.pipe2(ends.data(), O_NONBLOCK);
  std::vector<char> bytes(70'000);
  EXPECT_EQ(kernel.write(ends[1], bytes.data(), bytes.size()), 65'536);
  add(ep, ends[1], EPOLLOUT | EPOLLET);
  EXPECT_EQ(kernel.read(ends[0], bytes.data(), 4095), 4095);
  EXPECT_EQ(wait(ep), Events{});
  EXPECT_EQ(kernel.read(ends[0], bytes.data(), 1), 1);
  EXPECT_EQ(wait(ep), (Events{{ends[1], EPOLLOUT}}));
}

}  // namespace
}  // namespace e3::kernel_rules
