// SPDX-License-Identifier: MIT
// Listening and accepting, and the limits on descriptors. Each test names its rule in
// harness/kernel/rules.md.
#include <fcntl.h>

#include "kernel_test.h"

namespace e3::kernel_rules {
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
  AcceptAtTheLimit() : KernelTest(3) {}
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

TEST_F(AcceptRules, Rule16EmptyQueueWouldBlock) { EXPECT_EQ(accept(), -EAGAIN); }

TEST_F(AcceptAtTheLimit, Rule16TheLimitIsCheckedFirstAndTheConnectionStays) {
  const int listener = listen();
  const int ep = epoll();
  add(ep, listener, EPOLLIN);
  const int last = epoll();
  EXPECT_GE(last, 0);
  EXPECT_EQ(kernel.accept4(listener, nullptr, nullptr, 0), -EMFILE) << "even with no connection";
  connect();
  EXPECT_EQ(kernel.accept4(listener, nullptr, nullptr, 0), -EMFILE);
  EXPECT_EQ(wait(ep), (std::vector<Ready>{{listener, EPOLLIN}}));
  kernel.close(last);
  EXPECT_EQ(kernel.accept4(listener, nullptr, nullptr, 0), last);
}

TEST_F(AcceptRules, Rule5ClosingTheListenerResetsWhoWaits) {
  PeerSocket peer = connect();
  kernel.close(listener);
  EXPECT_EQ(receive(peer), "ECONNRESET");
  EXPECT_EQ(connect().take_error(), ECONNREFUSED);
}

TEST_F(KernelTest, Rule5AFullQueueDropsTheSyn) {
  const int listener = listen(0);
  PeerSocket first = connect();
  EXPECT_TRUE(first.connected()) << "one more than the backlog gets in";
  PeerSocket second = connect();
  EXPECT_TRUE(second.connecting());
  kernel.accept4(listener, nullptr, nullptr, 0);
  EXPECT_TRUE(second.connecting()) << "until the SYN comes again";
}

TEST_F(KernelTest, Rule13NumbersAreLowestFree) {
  const int a = epoll();
  const int b = epoll();
  EXPECT_EQ(b, a + 1);
  kernel.close(a);
  EXPECT_EQ(epoll(), a);
}

}  // namespace
}  // namespace e3::kernel_rules
