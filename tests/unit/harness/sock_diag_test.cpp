// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/sock_diag.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <unistd.h>

namespace e3 {
namespace {

// A listener of this process and one connection in its queue.
class SockDiagTest : public testing::Test {
 protected:
  SockDiagTest() {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);  // and a port that the kernel picks
    auto* const address = reinterpret_cast<sockaddr*>(&here);
    socklen_t size = sizeof here;
    EXPECT_EQ(::bind(listener_, address, size), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    EXPECT_EQ(::getsockname(listener_, address, &size), 0);
    EXPECT_EQ(::connect(client_, address, size), 0);
  }
  ~SockDiagTest() override {
    ::close(client_);
    ::close(listener_);
  }
  void SetUp() override {
    if (!sock_diag_.available()) GTEST_SKIP() << "no sock_diag here";
  }

  std::optional<SocketState> server_side() {
    return sock_diag_.server_side(SockDiag::ends_of(client_).value());
  }

  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int client_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  SockDiag sock_diag_;
};

TEST_F(SockDiagTest, AListenersQueueHoldsOneMoreThanItsBacklog) {
  const Ends ends = SockDiag::ends_of(client_).value();
  EXPECT_EQ(sock_diag_.accept_queue(ends.server), 2U);
  EXPECT_EQ(sock_diag_.accept_queue(ends.client), std::nullopt);
}

TEST_F(SockDiagTest, WhatWaitsInTheQueueIsNeitherAcceptedNorClosed) {
  ::shutdown(client_, SHUT_WR);  // nor is it when its peer has no more to say
  const auto state = server_side();
  ASSERT_TRUE(state);
  EXPECT_FALSE(state->accepted);
  EXPECT_FALSE(state->closed);
}

TEST_F(SockDiagTest, WhatTheServerHasClosedIsToldFromWhatItHasYetToAccept) {
  const int accepted = ::accept(listener_, nullptr, nullptr);
  ASSERT_GE(accepted, 0);
  ::shutdown(accepted, SHUT_WR);
  EXPECT_TRUE(server_side()->accepted);
  EXPECT_FALSE(server_side()->closed);  // it may read on
  ::close(accepted);
  const auto state = server_side();
  ASSERT_TRUE(state);
  EXPECT_FALSE(state->accepted);
  EXPECT_TRUE(state->closed);
}

}  // namespace
}  // namespace e3
