// SPDX-License-Identifier: MIT
// epoll(7) as Linux does it: edges, order, keys. Each test names its rule in
// harness/kernel/rules.md.
#include "kernel_test.h"

namespace e3::kernel_rules {
namespace {

constexpr std::uint32_t kIn = EPOLLIN;
constexpr std::uint32_t kOut = EPOLLOUT;
constexpr std::uint32_t kEdge = EPOLLET;

using Events = std::vector<Ready>;

class EpollRules : public KernelTest {
 protected:
  int ep = epoll();
};

TEST_F(EpollRules, Rule6EachArrivalIsAnEdgeEvenIfNothingWasRead) {
  auto [fd, peer] = pair();
  add(ep, fd, kIn | kEdge);
  EXPECT_EQ(wait(ep), Events{});
  send(peer, "a");
  EXPECT_EQ(wait(ep), (Events{{fd, kIn}}));
  EXPECT_EQ(wait(ep), Events{});
  send(peer, "b");
  EXPECT_EQ(wait(ep), (Events{{fd, kIn}}));
}

TEST_F(EpollRules, Rule6ArrivalsBeforeAWaitCoalesceAndPartialReadsAreNoEdge) {
  auto [fd, peer] = pair();
  add(ep, fd, kIn | kEdge);
  send(peer, "a");
  send(peer, "b");
  EXPECT_EQ(wait(ep), (Events{{fd, kIn}}));
  EXPECT_EQ(receive(fd, 1), "a");
  EXPECT_EQ(wait(ep), Events{});
}

TEST_F(EpollRules, Rule6AnEdgeReportsTheWholeMask) {
  auto [fd, peer] = pair();
  add(ep, fd, kIn | kOut | kEdge);
  EXPECT_EQ(wait(ep), (Events{{fd, kOut}}));
  send(peer, "a");
  EXPECT_EQ(wait(ep), (Events{{fd, kIn | kOut}}));
}

TEST_F(EpollRules, Rule6AddAndModifyReportPresentReadiness) {
  auto [fd, peer] = pair();
  send(peer, "a");
  add(ep, fd, kIn | kEdge);
  EXPECT_EQ(wait(ep), (Events{{fd, kIn}}));
  EXPECT_EQ(wait(ep), Events{});
  modify(ep, fd, kIn | kEdge);
  EXPECT_EQ(wait(ep), (Events{{fd, kIn}}));
}

TEST_F(EpollRules, Rule6FinIsAnEdgeAndJoinsDataBeforeTheWait) {
  auto [fd, peer] = pair();
  add(ep, fd, kIn | EPOLLRDHUP | kEdge);
  send(peer, "a");
  peer.shutdown(SHUT_WR);
  EXPECT_EQ(wait(ep), (Events{{fd, kIn | EPOLLRDHUP}}));
  EXPECT_EQ(wait(ep), Events{});
}

TEST_F(EpollRules, Rule7WriteSpaceIsAnEdgeOnlyAfterItRanOut) {
  auto [fd, peer] = pair();
  add(ep, fd, kOut | kEdge);
  wait(ep);
  send(fd, "short");
  read_exactly(peer, 5);
  EXPECT_EQ(wait(ep), Events{});
}

TEST_F(EpollRules, Rule7WritableComesBackOnlyWithAThirdFree) {
  auto [fd, peer] = pair();
  add(ep, fd, kOut | kEdge);
  wait(ep);
  const std::size_t sent = fill(fd);
  EXPECT_EQ(ready(fd), 0U);
  read_exactly(peer, 64 * 1024);
  EXPECT_EQ(wait(ep), Events{}) << "a window's worth is less than a third of the send buffer";
  EXPECT_EQ(ready(fd), 0U) << "though a send of one byte would succeed:";
  EXPECT_EQ(send(fd, "x"), 1);
  read_exactly(peer, sent - 64 * 1024);
  EXPECT_EQ(wait(ep), (Events{{fd, kOut}}));
}

TEST_F(EpollRules, Rule8FinToABlockedWriterWhoOnlyWantsOutIsNoEvent) {
  auto [fd, peer] = pair();
  fill(fd);
  add(ep, fd, kOut);
  peer.shutdown(SHUT_WR);
  EXPECT_EQ(wait(ep), Events{});
}

TEST_F(EpollRules, Rule8ErrorAndHangUpAreAlwaysReportedReadHangUpOnlyIfAsked) {
  auto [fd, peer] = pair();
  add(ep, fd, 0);
  peer.reset();
  EXPECT_EQ(wait(ep), (Events{{fd, EPOLLERR | EPOLLHUP}}));
}

TEST_F(EpollRules, Rule9OneShotDisablesEverythingUntilModified) {
  auto [fd, peer] = pair();
  add(ep, fd, kIn | EPOLLONESHOT);
  send(peer, "a");
  EXPECT_EQ(wait(ep), (Events{{fd, kIn}}));
  peer.reset();
  EXPECT_EQ(wait(ep), Events{});
  modify(ep, fd, kIn | EPOLLONESHOT);
  EXPECT_EQ(wait(ep), (Events{{fd, kIn | EPOLLERR | EPOLLHUP}}));
}

TEST_F(EpollRules, Rule10ExclusiveIsForAddAndFewEvents) {
  const int fd = pair().fd;
  EXPECT_EQ(add(ep, fd, kIn | EPOLLRDHUP | EPOLLEXCLUSIVE), -EINVAL);
  EXPECT_EQ(add(ep, fd, kIn | EPOLLONESHOT | EPOLLEXCLUSIVE), -EINVAL);
  EXPECT_EQ(add(ep, fd, kIn | kOut | kEdge | EPOLLEXCLUSIVE), 0);
  EXPECT_EQ(modify(ep, fd, kIn), -EINVAL);
  EXPECT_EQ(add(ep, epoll(), kIn | EPOLLEXCLUSIVE), -EINVAL);
}

TEST_F(EpollRules, Rule11LevelTriggeredItemsTakeTurns) {
  std::vector<Connection> all;
  for (int i = 0; i < 3; ++i) {
    all.push_back(pair());
    add(ep, all.back().fd, kIn);
  }
  for (Connection& each : all) send(each.peer, "a");
  for (int round = 0; round < 2; ++round) {
    for (const Connection& each : all) EXPECT_EQ(wait(ep, 1), (Events{{each.fd, kIn}}));
  }
}

TEST_F(EpollRules, Rule11WhatDoesNotFitStaysReady) {
  auto a = pair();
  auto b = pair();
  add(ep, a.fd, kIn | kEdge);
  add(ep, b.fd, kIn | kEdge);
  send(a.peer, "a");
  send(b.peer, "b");
  EXPECT_EQ(wait(ep, 1), (Events{{a.fd, kIn}}));
  EXPECT_EQ(wait(ep, 1), (Events{{b.fd, kIn}}));
  EXPECT_EQ(wait(ep, 1), Events{});
}

TEST_F(EpollRules, Rule12OneEventPerItemTwoForTwoNumbers) {
  auto [fd, peer] = pair();
  const int copy = static_cast<int>(kernel.dup(fd));
  add(ep, fd, kIn | EPOLLRDHUP);
  add(ep, copy, kIn | EPOLLRDHUP);
  send(peer, "a");
  peer.shutdown(SHUT_WR);
  EXPECT_EQ(wait(ep), (Events{{copy, kIn | EPOLLRDHUP}, {fd, kIn | EPOLLRDHUP}}))
      << "the newest watcher of a file is woken first";
}

TEST_F(EpollRules, Rule13ItemOutlivesItsNumberWhileTheFileIsOpen) {
  auto [fd, peer] = pair();
  const int copy = static_cast<int>(kernel.dup(fd));
  add(ep, fd, kIn);
  kernel.close(fd);
  send(peer, "a");
  EXPECT_EQ(wait(ep), (Events{{fd, kIn}}));
  EXPECT_EQ(remove(ep, fd), -EBADF);
  kernel.close(copy);
  EXPECT_EQ(wait(ep), Events{});
}

TEST_F(EpollRules, Rule13ErrorsOfControl) {
  const int fd = pair().fd;
  EXPECT_EQ(add(ep, fd, kIn), 0);
  EXPECT_EQ(add(ep, fd, kIn), -EEXIST);
  EXPECT_EQ(remove(ep, fd), 0);
  EXPECT_EQ(remove(ep, fd), -ENOENT);
  EXPECT_EQ(modify(ep, fd, kIn), -ENOENT);
  EXPECT_EQ(add(ep, ep, kIn), -EINVAL);
  EXPECT_EQ(add(fd, ep, kIn), -EINVAL);
  EXPECT_EQ(add(ep, 99, kIn), -EBADF);
  EXPECT_EQ(control(ep, 77, fd, kIn), -EINVAL);
}

TEST_F(EpollRules, Rule13LoopsAreRefused) {
  const int other = epoll();
  EXPECT_EQ(add(ep, other, kIn), 0);
  EXPECT_EQ(add(other, ep, kIn), -ELOOP);
}

TEST_F(EpollRules, Rule13WaitArguments) {
  epoll_event event{};
  EXPECT_EQ(kernel.epoll_wait(ep, &event, 0, 0), -EINVAL);
  EXPECT_EQ(kernel.epoll_wait(ep, &event, -1, 0), -EINVAL);
  EXPECT_EQ(kernel.epoll_wait(ep, nullptr, 1, 0), 0) << "nothing to write, nothing to fail";
  auto [fd, peer] = pair();
  add(ep, fd, kOut | kEdge);
  EXPECT_EQ(kernel.epoll_wait(ep, nullptr, 1, 0), -EFAULT);
  EXPECT_EQ(wait(ep), (Events{{fd, kOut}})) << "what could not be told is told later";
}

TEST_F(EpollRules, Rule14EventsNotYetReturnedVanishWithTheirItem) {
  auto a = pair();
  auto b = pair();
  for (Connection* each : {&a, &b}) {
    add(ep, each->fd, kIn);
    send(each->peer, "x");
  }
  remove(ep, a.fd);
  kernel.close(b.fd);
  EXPECT_EQ(wait(ep), Events{});
}

TEST_F(EpollRules, Rule15ReadinessIsAskedAgainWhenReported) {
  auto [fd, peer] = pair();
  add(ep, fd, kIn | kEdge);
  send(peer, "a");
  receive(fd);
  EXPECT_EQ(wait(ep), Events{});
}

TEST_F(EpollRules, Rule19NestedInstanceIsReadableWhileAnItemIsReady) {
  const int outer = epoll();
  auto [fd, peer] = pair();
  add(outer, ep, kIn | kEdge);
  add(ep, fd, kIn);
  EXPECT_EQ(wait(outer), Events{});
  send(peer, "a");
  EXPECT_EQ(wait(outer), (Events{{ep, kIn}}));
  EXPECT_EQ(wait(outer), Events{});
  send(peer, "b");
  EXPECT_EQ(wait(outer), (Events{{ep, kIn}})) << "each inner wake-up is an outer edge";
  receive(fd);
  EXPECT_EQ(ready(ep), 0U);
}

}  // namespace
}  // namespace e3::kernel_rules
