// SPDX-License-Identifier: MIT
#include "e3/server/loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

namespace e3::server {
namespace {

TEST(Loop, IsSilentWhenNothingHappens) {
  Loop loop;
  EXPECT_TRUE(loop.wait(0).empty());
}

TEST(Loop, ReportsEachWakeOnce) {
  Loop loop;
  loop.wake();
  loop.wake();
  const auto events = loop.wait(-1);
  ASSERT_EQ(events.size(), 1U);
  const std::uint64_t token = events[0].data.u64;  // a copy: the struct is packed
  EXPECT_EQ(token, Loop::kWakeToken);
  loop.acknowledge_wake();
  EXPECT_TRUE(loop.wait(0).empty());
}

TEST(Loop, WakingKeepsErrno) {
  Loop loop;
  errno = ENOENT;
  loop.wake();
  EXPECT_EQ(errno, ENOENT);
}

TEST(Loop, ReportsWhatWasReadyBeforeItsRegistration) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const Descriptor reader(ends[0]), writer(ends[1]);
  ASSERT_EQ(::write(writer.get(), "x", 1), 1);
  Loop loop;
  ASSERT_TRUE(loop.add(reader.get(), EPOLLIN | EPOLLET, 7));
  const auto events = loop.wait(0);
  ASSERT_EQ(events.size(), 1U);
  const std::uint64_t token = events[0].data.u64;
  EXPECT_EQ(token, 7U);
}

TEST(Loop, SaysWhyARegistrationFails) {
  Loop loop;
  EXPECT_FALSE(loop.add(-1, EPOLLIN, 1));
  EXPECT_EQ(errno, EBADF);
}

}  // namespace
}  // namespace e3::server
