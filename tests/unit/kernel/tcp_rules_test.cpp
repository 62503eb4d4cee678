// SPDX-License-Identifier: MIT
// How Linux TCP sockets look to a process: masks, resets, close and shutdown. Each test names its
// rule in harness/kernel/rules.md.
#include <netinet/tcp.h>

#include <csignal>

#include "kernel_test.h"

namespace e3::kernel_rules {
namespace {

constexpr std::uint32_t kIn = EPOLLIN;
constexpr std::uint32_t kOut = EPOLLOUT;
constexpr std::uint32_t kHangUp = EPOLLHUP;
constexpr std::uint32_t kReadHangUp = EPOLLRDHUP;
constexpr std::uint32_t kError = EPOLLERR;

class TcpRules : public KernelTest {};

TEST_F(TcpRules, Rule1FreshConnectionIsWritable) { EXPECT_EQ(ready(pair().fd), kOut); }

TEST_F(TcpRules, Rule1UnconnectedSocketIsWritableAndHungUp) {
  const int fd = static_cast<int>(kernel.socket(AF_INET, SOCK_STREAM, 0));
  EXPECT_EQ(ready(fd), kOut | kHangUp);
}

TEST_F(TcpRules, Rule1PeerShutdownIsNoHangUp) {
  auto [fd, peer] = pair();
  peer.shutdown(SHUT_WR);
  EXPECT_EQ(ready(fd), kIn | kOut | kReadHangUp);
}

TEST_F(TcpRules, Rule1HangUpNeedsBothDirections) {
  auto [fd, peer] = pair();
  peer.shutdown(SHUT_WR);
  kernel.shutdown(fd, SHUT_WR);
  EXPECT_EQ(ready(fd), kIn | kOut | kReadHangUp | kHangUp);
}

TEST_F(TcpRules, Rule1ResetSetsAllAndItsErrorIsConsumedOnce) {
  auto [fd, peer] = pair();
  peer.reset();
  EXPECT_EQ(ready(fd), kIn | kOut | kReadHangUp | kHangUp | kError);
  EXPECT_EQ(socket_error(fd), ECONNRESET);
  EXPECT_EQ(ready(fd), kIn | kOut | kReadHangUp | kHangUp);
  EXPECT_EQ(socket_error(fd), 0);
}

TEST_F(TcpRules, Rule2QueuedDataSurvivesAResetThenTheErrorComesOnce) {
  auto [fd, peer] = pair();
  send(peer, "last words");
  peer.reset();
  EXPECT_EQ(receive(fd), "last words");
  EXPECT_EQ(receive(fd), "ECONNRESET");
  EXPECT_EQ(receive(fd), "EOF");
}

TEST_F(TcpRules, Rule2SendAfterResetConsumesTheErrorThenBreaks) {
  auto [fd, peer] = pair();
  peer.reset();
  EXPECT_EQ(send(fd, "x"), -ECONNRESET);
  EXPECT_EQ(send(fd, "x"), -EPIPE);
  EXPECT_FALSE(kernel.take_signal(SIGPIPE));
  EXPECT_EQ(send(fd, "x", 0), -EPIPE);
  EXPECT_TRUE(kernel.take_signal(SIGPIPE));
}

TEST_F(TcpRules, Rule2AfterResetThereIsNoPeerNameAndNoShutdownButOptionsWork) {
  auto [fd, peer] = pair();
  EXPECT_EQ(peer_name(fd), 0);
  peer.reset();
  EXPECT_EQ(peer_name(fd), -ENOTCONN);
  EXPECT_EQ(kernel.shutdown(fd, SHUT_WR), -ENOTCONN);
  EXPECT_EQ(set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1), 0);
}

TEST_F(TcpRules, Rule3FirstSendToAClosedPeerSucceedsTheSecondBreaks) {
  auto [fd, peer] = pair();
  peer.close();
  EXPECT_EQ(send(fd, "x"), 1);
  EXPECT_EQ(ready(fd), kIn | kOut | kReadHangUp | kHangUp | kError);
  EXPECT_EQ(send(fd, "x", 0), -EPIPE);
  EXPECT_TRUE(kernel.take_signal(SIGPIPE));
}

TEST_F(TcpRules, Rule3ErrorOfLateDataIsEpipe) {
  auto [fd, peer] = pair();
  peer.close();
  send(fd, "x");
  EXPECT_EQ(socket_error(fd), EPIPE);
}

TEST_F(TcpRules, Rule4CloseWithUnreadDataResets) {
  auto [fd, peer] = pair();
  send(peer, "never read");
  kernel.close(fd);
  EXPECT_EQ(receive(peer), "ECONNRESET");
}

TEST_F(TcpRules, Rule4AnswerAlreadyDeliveredSurvivesThatReset) {
  auto [fd, peer] = pair();
  send(peer, "request, pipelined");
  send(fd, "answer");
  kernel.close(fd);
  EXPECT_EQ(receive(peer), "answer");
  EXPECT_EQ(receive(peer), "ECONNRESET");
}

TEST_F(TcpRules, Rule4BytesBeyondThePeersWindowAreLostInThatReset) {
  auto [fd, peer] = pair();
  send(peer, "never read");
  const std::size_t sent = fill(fd);
  kernel.close(fd);
  EXPECT_LT(peer.unread(), sent);
  read_exactly(peer, peer.unread());
  EXPECT_EQ(receive(peer), "ECONNRESET");
}

TEST_F(TcpRules, Rule4CloseWithoutUnreadDataDeliversEverythingThenFin) {
  auto [fd, peer] = pair();
  const std::size_t sent = fill(fd);
  kernel.close(fd);
  read_exactly(peer, sent);
  EXPECT_EQ(receive(peer), "EOF");
}

TEST_F(TcpRules, Rule4DataAfterShutdownOfBothDirectionsResetsBothEnds) {
  auto [fd, peer] = pair();
  kernel.shutdown(fd, SHUT_RDWR);
  EXPECT_EQ(send(peer, "late"), 4);
  EXPECT_EQ(peer.take_error(), EPIPE);
  EXPECT_EQ(socket_error(fd), ECONNRESET);
}

TEST_F(TcpRules, Rule18LowWaterGatesReadiness) {
  auto [fd, peer] = pair();
  set_option(fd, SOL_SOCKET, SO_RCVLOWAT, 10);
  send(peer, "abc");
  EXPECT_EQ(ready(fd), kOut);
  EXPECT_EQ(receive(fd, 2), "ab") << "but does not keep anyone from reading";
  send(peer, "0123456789");
  EXPECT_EQ(ready(fd), kIn | kOut);
}

TEST_F(TcpRules, Rule18UrgentByteLeavesTheStreamAndReadsStopAtIt) {
  auto [fd, peer] = pair();
  const std::string_view text = "ab!";
  peer.send(std::as_bytes(std::span(text)), MSG_OOB);
  send(peer, "cd");
  EXPECT_EQ(ready(fd), kIn | kOut | EPOLLPRI);
  EXPECT_EQ(receive(fd), "ab");
  EXPECT_EQ(receive(fd, 1, MSG_OOB), "!");
  EXPECT_EQ(receive(fd, 1, MSG_OOB), "EINVAL");
  EXPECT_EQ(ready(fd), kIn | kOut);
  EXPECT_EQ(receive(fd), "cd");
}

TEST_F(TcpRules, Rule20EmptyTransfersAreNotTheEnd) {
  auto [fd, peer] = pair();
  EXPECT_EQ(send(fd, ""), 0);
  EXPECT_EQ(receive(fd, 0), "EAGAIN");
  send(peer, "x");
  EXPECT_EQ(kernel.recv(fd, nullptr, 0, 0), 0);
  EXPECT_EQ(receive(fd), "x");
  EXPECT_EQ(kernel.read(fd, nullptr, 0), 0);
}

TEST_F(TcpRules, Rule20TooManyPiecesAreInvalid) {
  const int fd = pair().fd;
  const std::vector<iovec> pieces(1025);
  EXPECT_EQ(kernel.writev(fd, pieces.data(), 1025), -EINVAL);
  EXPECT_EQ(kernel.writev(fd, pieces.data(), 1024), 0);
}

TEST_F(TcpRules, Rule24WhatIsTruncatedIsDroppedUnseen) {
  auto [fd, peer] = pair();
  send(peer, "abcdef");
  std::string bytes = "????";
  EXPECT_EQ(kernel.recv(fd, bytes.data(), 2, MSG_TRUNC | MSG_PEEK), 2);
  EXPECT_EQ(kernel.recv(fd, bytes.data(), 2, MSG_TRUNC), 2);
  EXPECT_EQ(kernel.recv(fd, nullptr, 3, MSG_TRUNC), 3);
  EXPECT_EQ(bytes, "????");
  EXPECT_EQ(receive(fd), "f");
}

TEST_F(TcpRules, Rule24NothingIsInTheErrorQueue) {
  auto [fd, peer] = pair();
  send(peer, "abc");
  EXPECT_EQ(receive(fd, 3, MSG_ERRQUEUE), "EAGAIN");
  EXPECT_EQ(receive(fd), "abc");
}

}  // namespace
}  // namespace e3::kernel_rules
