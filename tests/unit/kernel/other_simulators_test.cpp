// SPDX-License-Identifier: MIT
// Mistakes that other simulated kernels have made (rule 21 in harness/kernel/rules.md) and that no
// test of another rule would find.
#include "kernel_test.h"

namespace e3::kernel_rules {
namespace {

using Events = std::vector<Ready>;

class OtherSimulators : public KernelTest {
 protected:
  int ep = epoll();
};

TEST_F(OtherSimulators, Rule21ANumberThatIsUsedAgainCanBeAddedAgain) {
  const int fd = pair().fd;
  add(ep, fd, EPOLLIN);
  kernel.close(fd);
  auto [again, peer] = pair();
  ASSERT_EQ(again, fd);
  EXPECT_EQ(add(ep, again, EPOLLIN), 0);
  send(peer, "a");
  EXPECT_EQ(wait(ep), (Events{{again, EPOLLIN}}));
}

TEST_F(OtherSimulators, Rule21LevelTriggeredReadinessIsReportedUntilItIsGone) {
  auto [fd, peer] = pair();
  add(ep, fd, EPOLLIN);
  send(peer, "ab");
  EXPECT_EQ(wait(ep), (Events{{fd, EPOLLIN}}));
  EXPECT_EQ(receive(fd, 1), "a");
  EXPECT_EQ(wait(ep), (Events{{fd, EPOLLIN}}));
  EXPECT_EQ(receive(fd, 1), "b");
  EXPECT_EQ(wait(ep), Events{});
}

TEST_F(OtherSimulators, Rule21OneShotReportsOnceForEachTimeItIsArmed) {
  auto [fd, peer] = pair();
  add(ep, fd, EPOLLIN | EPOLLONESHOT);
  send(peer, "a");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(wait(ep), (Events{{fd, EPOLLIN}}));
    EXPECT_EQ(wait(ep), Events{});
    send(peer, "b");
    EXPECT_EQ(wait(ep), Events{});
    EXPECT_EQ(modify(ep, fd, EPOLLIN | EPOLLONESHOT), 0);
  }
}

TEST_F(OtherSimulators, Rule21WhoAsksForNothingButReadHangUpSeesAHalfClose) {
  auto [fd, peer] = pair();
  add(ep, fd, EPOLLRDHUP);
  send(peer, "a");
  EXPECT_EQ(wait(ep), Events{});
  peer.shutdown(SHUT_WR);
  EXPECT_EQ(wait(ep), (Events{{fd, EPOLLRDHUP}}));
}

TEST_F(OtherSimulators, Rule21TheLastModificationDecidesWhatIsReported) {
  auto [fd, peer] = pair();
  add(ep, fd, EPOLLIN);
  send(peer, "a");
  epoll_event event{};
  event.events = EPOLLOUT;
  event.data.fd = 77;
  EXPECT_EQ(kernel.epoll_ctl(ep, EPOLL_CTL_MOD, fd, &event), 0);
  EXPECT_EQ(wait(ep), (Events{{77, EPOLLOUT}}));
}

}  // namespace
}  // namespace e3::kernel_rules
