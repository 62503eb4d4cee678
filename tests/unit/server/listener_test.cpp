// SPDX-License-Identifier: MIT
#include "e3/server/listener.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <system_error>

#include "tcp_client.h"

namespace e3::server {
namespace {

TEST(Listener, TakesAFreePortAndAcceptsUntilDrained) {
  Listener listener("127.0.0.1", 0);
  ASSERT_NE(listener.port(), 0);
  const Descriptor client = connect_to(listener.port());
  const auto accepted = listener.accept();
  ASSERT_EQ(accepted.outcome, Listener::Outcome::kAccepted);
  EXPECT_NE(::fcntl(accepted.connection.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(accepted.connection.get(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_EQ(listener.accept().outcome, Listener::Outcome::kDrained);
}

TEST(Listener, ListensOnIpv6) { EXPECT_NE(Listener("::1", 0).port(), 0); }

TEST(Listener, SaysWhyItCannotListen) {
  const Listener first("127.0.0.1", 0);
  try {
    const Listener second("127.0.0.1", first.port());
    FAIL() << "two listeners on one port";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::address_in_use);
  }
  EXPECT_THROW(Listener("localhost", 0), std::system_error);
}

TEST(Listener, LeavesTheConnectionQueuedWhenDescriptorsRunOut) {
  Listener listener("127.0.0.1", 0);
  const Descriptor client = connect_to(listener.port());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  EXPECT_EQ(listener.accept().outcome, Listener::Outcome::kExhausted);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(listener.accept().outcome, Listener::Outcome::kAccepted);
}

}  // namespace
}  // namespace e3::server
