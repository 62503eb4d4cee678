// SPDX-License-Identifier: MIT
#include "e3/server/deadline_queue.h"

#include <gtest/gtest.h>

namespace e3::server {
namespace {

using namespace std::chrono_literals;

TEST(DeadlineQueue, ExpiresInTheOrderOfScheduling) {
  DeadlineQueue queue(10ms);
  Deadline first, second;
  queue.schedule(first, 0ms);
  queue.schedule(second, 1ms);
  EXPECT_EQ(queue.earliest(), Instant(10ms));
  EXPECT_EQ(queue.take_expired(9ms), nullptr);
  EXPECT_EQ(queue.take_expired(10ms), &first);
  EXPECT_EQ(queue.take_expired(10ms), nullptr);
  EXPECT_EQ(queue.take_expired(11ms), &second);
  EXPECT_EQ(queue.earliest(), kNever);
}

TEST(DeadlineQueue, ReschedulingMovesADeadlineAlsoFromAnotherQueue) {
  DeadlineQueue soon(1ms), late(100ms);
  Deadline deadline;
  soon.schedule(deadline, 0ms);
  late.schedule(deadline, 0ms);
  EXPECT_EQ(soon.earliest(), kNever);
  EXPECT_EQ(late.earliest(), Instant(100ms));
  late.schedule(deadline, 5ms);
  EXPECT_EQ(late.earliest(), Instant(105ms));
}

TEST(DeadlineQueue, ForgetsWhatIsCancelledOrDestroyed) {
  DeadlineQueue queue(1ms);
  Deadline cancelled;
  queue.schedule(cancelled, 0ms);
  cancelled.cancel();
  {
    Deadline destroyed;
    queue.schedule(destroyed, 0ms);
  }
  EXPECT_EQ(queue.earliest(), kNever);
}

TEST(DeadlineQueue, LeavesItsDeadlinesUsableWhenItIsDestroyedFirst) {
  Deadline deadline;
  {
    DeadlineQueue queue(1ms);
    queue.schedule(deadline, 0ms);
  }
  EXPECT_FALSE(deadline.is_scheduled());
}

}  // namespace
}  // namespace e3::server
