// SPDX-License-Identifier: MIT
// Calls beyond the rules: descriptors, names, connecting, blocking, time, a new world.
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <array>
#include <limits>

#include "kernel_test.h"

namespace e3::kernel_rules {
namespace {

using namespace sim;  // NOLINT(google-build-using-namespace)

class KernelCalls : public KernelTest {
 protected:
  int socket(int flags = SOCK_NONBLOCK) {
    return static_cast<int>(kernel.socket(AF_INET, SOCK_STREAM | flags, 0));
  }
  long connect_to(int fd, std::uint16_t port) {
    const sockaddr_in where = address(port);
    return kernel.connect(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where);
  }
};

TEST_F(KernelCalls, DuplicatesShareStatusFlagsButNotCloseOnExec) {
  const int fd = socket(SOCK_CLOEXEC);
  const int copy = static_cast<int>(kernel.dup(fd));
  kernel.fcntl(copy, F_SETFL, O_NONBLOCK);
  EXPECT_EQ(kernel.fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK);
  EXPECT_EQ(kernel.fcntl(fd, F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(kernel.fcntl(copy, F_GETFD), 0);
}

TEST_F(KernelCalls, DuplicatingOntoANumberClosesWhatWasThere) {
  auto [fd, peer] = pair();
  const int other = socket();
  EXPECT_EQ(kernel.dup2(other, fd), fd);
  EXPECT_EQ(receive(peer), "EOF");
  EXPECT_EQ(kernel.dup2(other, other), other);
  EXPECT_EQ(kernel.dup3(other, other, 0), -EINVAL);
  EXPECT_EQ(kernel.dup2(99, fd), -EBADF);
  EXPECT_EQ(kernel.dup2(other, -1), -EBADF);
  EXPECT_EQ(kernel.fcntl(other, F_DUPFD, 50), 50);
}

TEST_F(KernelCalls, NonBlockingModeByIoctl) {
  const int fd = socket(0);
  int on = 1;
  EXPECT_EQ(kernel.ioctl(fd, FIONBIO, &on), 0);
  EXPECT_EQ(kernel.fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK);
}

TEST_F(KernelCalls, NoRoomForAnotherFile) {
  KernelConfig config;
  config.open_files_max = 1;
  Kernel small(config);
  EXPECT_GE(small.epoll_create1(0), 0);
  EXPECT_EQ(small.epoll_create1(0), -ENFILE);
  EXPECT_EQ(small.socket(AF_INET, SOCK_STREAM, 0), -ENFILE);
  small.close(0);
  EXPECT_EQ(small.epoll_create1(0), 0);
}

TEST_F(KernelCalls, PollTakesAsManyEntriesAsTheProcessMayHaveDescriptors) {
  KernelConfig config;
  config.descriptor_limit = 8;
  Kernel small(config);
  small.set_descriptor_limit(4);  // the numbers at hand
  std::array<pollfd, 9> entries;
  entries.fill({.fd = -1, .events = POLLIN, .revents = 0});
  EXPECT_EQ(small.poll(entries.data(), 8, 0), 0);
  EXPECT_EQ(small.poll(entries.data(), 9, 0), -EINVAL);
}

TEST_F(KernelCalls, SocketCallsOnOtherThings) {
  const int ep = epoll();
  EXPECT_EQ(kernel.send(ep, "x", 1, 0), -ENOTSOCK);
  EXPECT_EQ(kernel.listen(99, 1), -EBADF);
  EXPECT_EQ(kernel.read(ep, nullptr, 0), -EINVAL);
  EXPECT_EQ(kernel.recv(socket(), nullptr, 0, 0), -ENOTCONN);
  EXPECT_EQ(send(socket(), "x"), -EPIPE);
  EXPECT_EQ(kernel.socket(AF_INET, SOCK_DGRAM, 0), -ESOCKTNOSUPPORT);
}

TEST_F(KernelCalls, AddressesInUse) {
  listen();
  const int fd = socket();
  const sockaddr_in where = address();
  EXPECT_EQ(kernel.bind(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where), -EADDRINUSE);
  EXPECT_EQ(kernel.listen(fd, 1), 0) << "an unbound listener gets a port of its own";
  EXPECT_EQ(kernel.listen(pair().fd, 1), -EINVAL);
}

TEST_F(KernelCalls, NamesOfBothEndsAgree) {
  const int listener = listen();
  connect();
  sockaddr_in from{};
  socklen_t length = sizeof from;
  const int fd = static_cast<int>(
      kernel.accept4(listener, reinterpret_cast<sockaddr*>(&from), &length, SOCK_NONBLOCK));
  EXPECT_EQ(length, sizeof from);
  EXPECT_EQ(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
  sockaddr_in own{};
  length = 4;  // cut, as getsockname(2) says
  EXPECT_EQ(kernel.getsockname(fd, reinterpret_cast<sockaddr*>(&own), &length), 0);
  EXPECT_EQ(length, sizeof own);
  EXPECT_EQ(own.sin_port, htons(kPort));
  EXPECT_EQ(own.sin_addr.s_addr, 0U) << "beyond the caller's four bytes nothing is written";
}

TEST_F(KernelCalls, AnIpv6WildcardListenerShowsIpv4ClientsMapped) {
  const int listener = static_cast<int>(kernel.socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0));
  sockaddr_in6 where{};
  where.sin6_family = AF_INET6;
  where.sin6_port = htons(kPort);
  kernel.bind(listener, reinterpret_cast<const sockaddr*>(&where), sizeof where);
  kernel.listen(listener, 1);
  EXPECT_TRUE(connect().connected());
  sockaddr_in6 from{};
  socklen_t length = sizeof from;
  EXPECT_GE(kernel.accept4(listener, reinterpret_cast<sockaddr*>(&from), &length, 0), 0);
  EXPECT_EQ(length, sizeof from);
  EXPECT_TRUE(IN6_IS_ADDR_V4MAPPED(&from.sin6_addr));
}

TEST_F(KernelCalls, NonBlockingConnectTellsItsOutcomeOnce) {
  listen();
  const int fd = socket();
  EXPECT_EQ(connect_to(fd, kPort), -EINPROGRESS);
  EXPECT_EQ(ready(fd), std::uint32_t{EPOLLOUT});
  EXPECT_EQ(connect_to(fd, kPort), 0);
  EXPECT_EQ(connect_to(fd, kPort), -EISCONN);
}

TEST_F(KernelCalls, RefusedConnectCanBeTriedAgain) {
  const int fd = socket();
  EXPECT_EQ(connect_to(fd, kPort), -EINPROGRESS);
  EXPECT_NE(ready(fd) & EPOLLERR, 0U);
  EXPECT_EQ(connect_to(fd, kPort), -ECONNREFUSED);
  listen();
  EXPECT_EQ(connect_to(fd, kPort), -EINPROGRESS);
  EXPECT_EQ(connect_to(fd, kPort), 0);
}

TEST_F(KernelCalls, ABlockingReceiveGoesOnWhereItWasInterrupted) {
  auto [fd, peer] = pair();
  kernel.fcntl(fd, F_SETFL, 0);
  std::array<char, 6> bytes{};
  send(peer, "abc");
  EXPECT_EQ(kernel.recv(fd, bytes.data(), 6, MSG_WAITALL), kWouldBlock);
  EXPECT_EQ(kernel.block().progress, 3U);
  send(peer, "def");
  EXPECT_EQ(kernel.recv(fd, bytes.data() + 3, 3, MSG_WAITALL), 3);
  EXPECT_EQ(std::string_view(bytes.data(), 6), "abcdef");
}

TEST_F(KernelCalls, AReceiveTimeoutIsTheBlocksDeadline) {
  const int fd = pair().fd;
  kernel.fcntl(fd, F_SETFL, 0);
  const timeval timeout{2, 500'000};
  kernel.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  EXPECT_EQ(kernel.recv(fd, nullptr, 1, 0), kWouldBlock);
  EXPECT_EQ(kernel.block().deadline, kernel.now() + 2'500 * kMillisecond);
  EXPECT_EQ(kernel.block().at_deadline, -EAGAIN);
}

TEST_F(KernelCalls, AReceiveTimeoutMayBeOverAtOnceOrNever) {
  const int fd = pair().fd;
  kernel.fcntl(fd, F_SETFL, 0);
  const auto deadline_with = [&](time_t seconds) {
    const timeval timeout{seconds, 999'999};
    EXPECT_EQ(kernel.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout), 0);
    EXPECT_EQ(kernel.recv(fd, nullptr, 1, 0), kWouldBlock);
    return kernel.block().deadline;
  };
  EXPECT_LE(deadline_with(-1), kernel.now() + 1);
  EXPECT_EQ(deadline_with(std::numeric_limits<time_t>::max()), kNever);
}

TEST_F(KernelCalls, ALingeringCloseWaitsForThePeer) {
  auto [fd, peer] = pair();
  const linger option{1, 10};
  kernel.setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, sizeof option);
  const std::size_t sent = fill(fd);
  EXPECT_EQ(kernel.close(fd), kWouldBlock);
  EXPECT_EQ(kernel.block().deadline, kernel.now() + 10 * kSecond);
  read_exactly(peer, sent);
  EXPECT_EQ(kernel.close(fd), 0);
  EXPECT_EQ(receive(peer), "EOF");
}

TEST_F(KernelCalls, TimeMovesOnlyWhenTold) {
  timespec before{};
  timespec after{};
  kernel.clock_gettime(CLOCK_MONOTONIC, &before);
  kernel.clock_gettime(CLOCK_MONOTONIC, &after);
  EXPECT_EQ(before.tv_sec, after.tv_sec);
  EXPECT_EQ(before.tv_nsec, after.tv_nsec);
  kernel.advance_to(kernel.now() + 3 * kSecond + 5);
  kernel.clock_gettime(CLOCK_MONOTONIC, &after);
  EXPECT_EQ(after.tv_sec, before.tv_sec + 3);
  EXPECT_EQ(after.tv_nsec, before.tv_nsec + 5);
  EXPECT_EQ(kernel.clock_gettime(12345, &after), -EINVAL);
}

TEST_F(KernelCalls, ADelayedAcknowledgementOfTheFinIsALaterEdge) {
  KernelConfig config;
  config.fin_acknowledgement = FinAcknowledgement::kDelayed;
  Kernel slow(config);
  PeerSocket peer;
  const int fd = static_cast<int>(slow.adopt_pair(AF_INET, SOCK_NONBLOCK, &peer));
  const int ep = static_cast<int>(slow.epoll_create1(0));
  epoll_event event{};
  event.events = EPOLLOUT | EPOLLET;
  slow.epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event);
  slow.shutdown(fd, SHUT_WR);
  EXPECT_EQ(slow.epoll_wait(ep, &event, 1, 0), 1) << "the process's own shutdown";
  EXPECT_EQ(slow.epoll_wait(ep, &event, 1, 0), 0);
  slow.advance_to(slow.now() + 40 * kMillisecond);
  EXPECT_EQ(slow.epoll_wait(ep, &event, 1, 0), 1) << "the peer's acknowledgement";
}

TEST_F(KernelCalls, APeerThatClosesItsWindowStopsTheSender) {
  auto [fd, peer] = pair();
  peer.set_receive_buffer(0);
  EXPECT_EQ(send(fd, "waits"), 5);
  EXPECT_EQ(peer.unread(), 0U);
  peer.set_receive_buffer(1 << 17);
  EXPECT_EQ(receive(peer), "waits");
}

TEST_F(KernelCalls, AResetLeavesNothingOfTheOldWorld) {
  for (int world = 0; world < 3; ++world) {
    EXPECT_EQ(kernel.open_descriptors(), 0U);
    EXPECT_EQ(kernel.next_timer(), kNever);
    const int listener = listen(0);
    const int ep = epoll();
    EXPECT_EQ(listener, 0);
    add(ep, listener, EPOLLIN);
    PeerSocket first = connect();
    connect();
    EXPECT_EQ(wait(ep), (std::vector<Ready>{{listener, EPOLLIN}}));
    EXPECT_EQ(send(first, "left behind"), 11);
    EXPECT_NE(kernel.next_timer(), kNever);
    kernel.raise(15);
    kernel.reset();
    EXPECT_FALSE(kernel.take_signal(15));
  }
}

TEST_F(KernelCalls, PollLooksAtEachEntry) {
  auto [fd, peer] = pair();
  send(peer, "x");
  std::array<pollfd, 3> entries{{{fd, POLLIN, 0}, {-1, POLLIN, 7}, {99, 0, 0}}};
  EXPECT_EQ(kernel.poll(entries.data(), entries.size(), 0), 2);
  EXPECT_EQ(entries[0].revents, POLLIN);
  EXPECT_EQ(entries[1].revents, 0);
  EXPECT_EQ(entries[2].revents, POLLNVAL);
  receive(fd);
  EXPECT_EQ(kernel.poll(entries.data(), 1, 1'500), kWouldBlock);
  EXPECT_EQ(kernel.block().deadline, kernel.now() + 1'500 * kMillisecond);
}

}  // namespace
}  // namespace e3::kernel_rules
