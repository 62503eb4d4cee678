// SPDX-License-Identifier: MIT
// Where AF_UNIX stream sockets differ from TCP (rule 5 in harness/kernel/rules.md).
#include <netinet/tcp.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>

#include "kernel_test.h"

namespace e3::kernel_rules {
namespace {

class UnixRules : public KernelTest {
 protected:
  Connection unix_pair() { return pair(AF_UNIX); }
};

TEST_F(UnixRules, Rule5PeerCloseIsAHangUpAtOnceAndTheFirstWriteBreaks) {
  auto [fd, peer] = unix_pair();
  peer.close();
  EXPECT_EQ(ready(fd), std::uint32_t{EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP});
  EXPECT_EQ(send(fd, "x", 0), -EPIPE);
  EXPECT_TRUE(kernel.take_signal(SIGPIPE));
}

TEST_F(UnixRules, Rule5LingerDoesNotReset) {
  auto [fd, peer] = unix_pair();
  send(peer, "data");
  peer.reset();
  EXPECT_EQ(receive(fd), "data");
  EXPECT_EQ(receive(fd), "EOF");
}

TEST_F(UnixRules, Rule5PeerCloseWithUnreadDataIsAnErrorOnceAfterTheData) {
  auto [fd, peer] = unix_pair();
  send(fd, "never read");
  send(peer, "data");
  peer.close();
  EXPECT_NE(ready(fd) & EPOLLERR, 0U);
  EXPECT_EQ(receive(fd), "data");
  EXPECT_EQ(receive(fd), "ECONNRESET");
  EXPECT_EQ(receive(fd), "EOF");
}

TEST_F(UnixRules, Rule5ARegistrationWithoutEventsSeesTheHangUp) {
  auto [fd, peer] = unix_pair();
  const int ep = epoll();
  add(ep, fd, 0);
  peer.close();
  EXPECT_EQ(wait(ep), (std::vector<Ready>{{fd, EPOLLHUP}}));
}

TEST_F(UnixRules, Rule5ShutdownAndPeerNameWorkAfterPeerClose) {
  auto [fd, peer] = unix_pair();
  peer.close();
  EXPECT_EQ(kernel.shutdown(fd, SHUT_WR), 0);
  EXPECT_EQ(peer_name(fd), 0);
}

TEST_F(UnixRules, Rule5NoDelayIsNotSupported) {
  EXPECT_EQ(set_option(unix_pair().fd, IPPROTO_TCP, TCP_NODELAY, 1), -EOPNOTSUPP);
}

TEST_F(UnixRules, Rule5SmallSendsExhaustTheBufferByTheirOverhead) {
  auto [fd, peer] = unix_pair();
  int sends = 0;
  while (send(fd, "x") == 1) ++sends;
  EXPECT_EQ(sends, 278);
}

TEST_F(UnixRules, Rule5EachFreedPacketIsAWriteEdgeOnceWritable) {
  auto [fd, peer] = unix_pair();
  const int ep = epoll();
  add(ep, fd, EPOLLOUT | EPOLLET);
  wait(ep);
  for (int i = 0; i < 2; ++i) {
    send(fd, "x");
    receive(peer);
    EXPECT_EQ(wait(ep), (std::vector<Ready>{{fd, EPOLLOUT}}));
  }
}

TEST_F(UnixRules, Rule5ConnectToAFullBacklogWouldBlockAtOnce) {
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  const std::string path = ::testing::TempDir() + "e3-rule-5-" + std::to_string(getpid());
  unlink(path.c_str());
  path.copy(where.sun_path, sizeof where.sun_path);
  const auto* address = reinterpret_cast<const sockaddr*>(&where);
  const auto socket = [this] {
    return static_cast<int>(kernel.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
  };
  const int listener = socket();
  EXPECT_EQ(kernel.connect(socket(), address, sizeof where), -ENOENT);
  EXPECT_EQ(kernel.bind(listener, address, sizeof where), 0);
  EXPECT_EQ(kernel.connect(socket(), address, sizeof where), -ECONNREFUSED);
  EXPECT_EQ(kernel.listen(listener, 0), 0);
  const int client = socket();
  EXPECT_EQ(kernel.connect(client, address, sizeof where), 0);
  EXPECT_EQ(kernel.connect(socket(), address, sizeof where), -EAGAIN);
  const int accepted = static_cast<int>(kernel.accept4(listener, nullptr, nullptr, 0));
  EXPECT_EQ(send(client, "hello"), 5);
  EXPECT_EQ(receive(accepted), "hello");
  unlink(path.c_str());
}

}  // namespace
}  // namespace e3::kernel_rules
