// SPDX-License-Identifier: MIT
// Listening and accepting, and the limits on descriptors. Each test names its rule in the catalogue
// of kernel semantics.
#include <fcntl.h>

#include "kernel_test.h"

namespace e3::sim {
namespace {

class AcceptRules : public KernelTest {
 protected:
  int listener = listen();
  long accept(int flags = SOCK_NONBLOCK) {
    return kernel.accept4(listener, nullptr, nullptr, flags);
  }
};

class AcceptAtTheLimit : public KernelTest {
 protected:
  static KernelConfig three_descriptors() {
    KernelConfig config;
    config.descriptor_limit = 3;
    return config;
  }
  AcceptAtTheLimit() : KernelTest(three_descriptors()) {}
};

TEST_F(AcceptRules, Rule16AcceptedDescriptorsInheritNoFlags) {
  connect();
  const int fd = static_cast<int>(accept(0));
  EXPECT_EQ(kernel.fcntl(fd, F_GETFL), O_RDWR);
  EXPECT_EQ(kernel.fcntl(fd, F_GETFD), 0);
}

TEST_F(AcceptRules, Rule16AConnectionResetBeforeAcceptIsAcceptedAllTheSame) {
  PeerSocket peer = connect();
  send(peer, "in time");
  peer.reset();
  const int fd = static_cast<int>(accept());
  EXPECT_EQ(receive(fd), "in time");
  EXPECT_EQ(receive(fd), "ECONNRESET");
}

TEST_F(AcceptRules, Rule16EmptyQueueWouldBlock) {
  EXPECT_EQ(accept(), -EAGAIN);
  kernel.fcntl(listener, F_SETFL, 0);
  EXPECT_EQ(accept(), kWouldBlock);
}

TEST_F(AcceptAtTheLimit, Rule16TheLimitIsCheckedFirstAndTheConnectionStays) {
  const int listener = listen();
  const int ep = epoll();
  add(ep, listener, EPOLLIN);
  EXPECT_GE(epoll(), 0);
  EXPECT_EQ(kernel.accept4(listener, nullptr, nullptr, 0), -EMFILE) << "even with no connection";
  connect();
  EXPECT_EQ(kernel.accept4(listener, nullptr, nullptr, 0), -EMFILE);
  EXPECT_EQ(wait(ep), (std::vector<Ready>{{listener, EPOLLIN}}));
  kernel.close(2);
  EXPECT_EQ(kernel.accept4(listener, nullptr, nullptr, 0), 2);
}

TEST_F(AcceptRules, Rule5ClosingTheListenerResetsWhoWaits) {
  PeerSocket peer = connect();
  kernel.close(listener);
  EXPECT_EQ(receive(peer), "ECONNRESET");
  EXPECT_EQ(connect().take_error(), ECONNREFUSED);
}

TEST_F(KernelTest, Rule5AFullQueueDropsTheSynWhichComesAgain) {
  const int listener = listen(0);
  PeerSocket first = connect();
  EXPECT_TRUE(first.connected()) << "one more than the backlog gets in";
  PeerSocket second = connect();
  EXPECT_TRUE(second.connecting());
  kernel.accept4(listener, nullptr, nullptr, 0);
  EXPECT_TRUE(second.connecting());
  kernel.advance_to(kernel.next_timer());
  EXPECT_TRUE(second.connected());
}

TEST_F(KernelTest, Rule5ASynThatIsNeverAnsweredTimesOut) {
  listen(0);
  connect();
  PeerSocket second = connect();
  const Nanoseconds start = kernel.now();
  while (second.connecting()) kernel.advance_to(kernel.next_timer());
  EXPECT_EQ(second.take_error(), ETIMEDOUT);
  EXPECT_EQ(kernel.now() - start, 127 * kSecond);
}

TEST_F(KernelTest, Rule13NumbersAreLowestFree) {
  const int a = epoll();
  const int b = epoll();
  EXPECT_EQ(b, a + 1);
  kernel.close(a);
  EXPECT_EQ(epoll(), a);
  kernel.occupy_number(b + 1);
  EXPECT_EQ(epoll(), b + 2) << "a real descriptor's number is never given out";
}

}  // namespace
}  // namespace e3::sim
