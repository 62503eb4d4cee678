// SPDX-License-Identifier: MIT
// What options of a socket may be set to. Each test names its rule in harness/kernel/rules.md.
#include <climits>

#include "kernel_test.h"

namespace e3::kernel_rules {
namespace {

class OptionRules : public KernelTest {
 protected:
  int socket(int family = AF_INET) {
    return static_cast<int>(kernel.socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0));
  }
  int get(int fd, int level, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    EXPECT_EQ(kernel.getsockopt(fd, level, name, &value, &length), 0) << name;
    EXPECT_EQ(length, sizeof value);
    return value;
  }
  void expect_kept(int fd, int level, int name, int value, int shown) {
    EXPECT_EQ(set_option(fd, level, name, value), 0) << level << " " << name;
    EXPECT_EQ(get(fd, level, name), shown) << level << " " << name;
  }
};

TEST_F(OptionRules, Rule25WhatChangesNothingVisibleIsKept) {
  const int fd = socket();
  expect_kept(fd, SOL_SOCKET, SO_BROADCAST, 7, 1);
  expect_kept(fd, SOL_SOCKET, SO_PRIORITY, 3, 3);
  expect_kept(fd, IPPROTO_IP, IP_TOS, 0x10, 0x10);
  expect_kept(fd, IPPROTO_IP, IP_TTL, 60, 60);
  expect_kept(fd, IPPROTO_TCP, TCP_NODELAY, 5, 1);
  expect_kept(fd, IPPROTO_TCP, TCP_MAXSEG, 1000, 1000);
  expect_kept(fd, IPPROTO_TCP, TCP_FASTOPEN, 5, 5);
  expect_kept(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, 1, 1);
  expect_kept(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, 5, 7);
  expect_kept(fd, IPPROTO_TCP, TCP_LINGER2, 200, 120);
  expect_kept(fd, IPPROTO_TCP, TCP_LINGER2, -5, -1);
  expect_kept(fd, SOL_SOCKET, SO_DONTROUTE, 2, 1);
  expect_kept(fd, SOL_SOCKET, SO_TIMESTAMP, 1, 1);
  expect_kept(fd, IPPROTO_IP, IP_FREEBIND, 1, 1);
  expect_kept(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO, IP_PMTUDISC_DO);
  expect_kept(fd, IPPROTO_IP, IP_PKTINFO, 1, 1);
  expect_kept(fd, IPPROTO_IP, IP_RECVERR, 1, 1);
  expect_kept(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1, 1);
  expect_kept(fd, IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 1, 1);
  expect_kept(fd, IPPROTO_TCP, TCP_SAVE_SYN, 1, 1);
  expect_kept(fd, IPPROTO_TCP, TCP_INQ, 1, 1);
  const int ipv6 = socket(AF_INET6);
  expect_kept(ipv6, IPPROTO_IPV6, IPV6_TCLASS, 0x10, 0x10);
  expect_kept(ipv6, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 60, 60);
  expect_kept(socket(AF_UNIX), SOL_SOCKET, SO_PASSCRED, 1, 1);
}

TEST_F(OptionRules, Rule25WhatIsOutOfRangeIsInvalid) {
  const int fd = socket();
  for (const int value : {-1, 0, 32768}) {
    EXPECT_EQ(set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, value), -EINVAL) << value;
    EXPECT_EQ(set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, value), -EINVAL) << value;
    EXPECT_EQ(set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, value), -EINVAL) << value;
  }
  EXPECT_EQ(set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 128), -EINVAL);
  EXPECT_EQ(set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, -1), -EINVAL);
  EXPECT_EQ(set_option(fd, IPPROTO_TCP, TCP_MAXSEG, 1), -EINVAL);
  EXPECT_EQ(set_option(pair().fd, IPPROTO_TCP, TCP_FASTOPEN, 5), -EINVAL);
  EXPECT_EQ(get(fd, IPPROTO_TCP, TCP_KEEPIDLE), 7200);
  EXPECT_EQ(set_option(fd, SOL_SOCKET, SO_BUSY_POLL, -1), -EINVAL);
  EXPECT_EQ(set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, 6), -EINVAL);
  EXPECT_EQ(set_option(fd, IPPROTO_TCP, TCP_SAVE_SYN, 3), -EINVAL);
  EXPECT_EQ(set_option(fd, IPPROTO_TCP, TCP_INQ, 2), -EINVAL);
  EXPECT_EQ(set_option(fd, IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 2), -EINVAL);
}

TEST_F(OptionRules, Rule25AFamilyHasItsOwnOptions) {
  const int fd = socket();
  EXPECT_EQ(set_option(fd, IPPROTO_IPV6, IPV6_TCLASS, 1), -ENOPROTOOPT);
  const int local = socket(AF_UNIX);
  EXPECT_EQ(set_option(local, SOL_SOCKET, SO_REUSEPORT, 1), -EOPNOTSUPP);
  EXPECT_EQ(set_option(local, IPPROTO_TCP, TCP_NODELAY, 1), -EOPNOTSUPP);
}

TEST_F(OptionRules, Rule25CongestionControlHasAName) {
  const int fd = socket();
  std::array<char, 32> name{};
  socklen_t length = name.size();
  EXPECT_EQ(kernel.setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4), 0);
  EXPECT_EQ(kernel.getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name.data(), &length), 0);
  EXPECT_EQ(length, 16U);
  EXPECT_STREQ(name.data(), "reno");
  EXPECT_EQ(kernel.setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "none", 4), -ENOENT);
}

TEST_F(OptionRules, Rule25AnOptionNeedsMemory) {
  const int fd = socket();
  socklen_t length = sizeof(int);
  EXPECT_EQ(kernel.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, nullptr, length), -EFAULT);
  EXPECT_EQ(kernel.getsockopt(fd, SOL_SOCKET, SO_TYPE, nullptr, &length), -EFAULT);
}

}  // namespace
}  // namespace e3::kernel_rules
