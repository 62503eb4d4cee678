// SPDX-License-Identifier: MIT
// Who can be bound where. Each test names its rule in harness/kernel/rules.md.
#include "kernel_test.h"

namespace e3::kernel_rules {
namespace {

class AddressRules : public KernelTest {
 protected:
  int socket(int family) {
    return static_cast<int>(kernel.socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0));
  }
  int socket_for_ipv6_only() {
    const int fd = socket(AF_INET6);
    EXPECT_EQ(set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1), 0);
    return fd;
  }
  long bind_4(int fd, in_addr_t host = INADDR_ANY) {
    sockaddr_in where = address();
    where.sin_addr.s_addr = htonl(host);
    return kernel.bind(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where);
  }
  long bind_6(int fd, const in6_addr& host = in6addr_any) {
    sockaddr_in6 where{};
    where.sin6_family = AF_INET6;
    where.sin6_port = htons(kPort);
    where.sin6_addr = host;
    return kernel.bind(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where);
  }
};

TEST_F(AddressRules, Rule22AnIpv6WildcardTakesTheIpv4PortToo) {
  EXPECT_EQ(bind_6(socket(AF_INET6)), 0);
  EXPECT_EQ(bind_4(socket(AF_INET)), -EADDRINUSE);
  EXPECT_EQ(bind_4(socket(AF_INET), INADDR_LOOPBACK), -EADDRINUSE);
}

TEST_F(AddressRules, Rule22UnlessItIsForIpv6Only) {
  const int other = socket_for_ipv6_only();
  EXPECT_EQ(bind_6(other), 0);
  const int fd = socket(AF_INET);
  EXPECT_EQ(bind_4(fd), 0);
  EXPECT_EQ(kernel.listen(other, 1), 0);
  EXPECT_EQ(connect().take_error(), ECONNREFUSED);
  EXPECT_EQ(kernel.listen(fd, 1), 0);
  EXPECT_TRUE(connect().connected());
}

TEST_F(AddressRules, Rule22InEitherOrder) {
  EXPECT_EQ(bind_4(socket(AF_INET)), 0);
  EXPECT_EQ(bind_6(socket(AF_INET6)), -EADDRINUSE);
  EXPECT_EQ(bind_6(socket_for_ipv6_only()), 0);
}

TEST_F(AddressRules, Rule22AnIpv6HostIsNoIpv4Wildcards) {
  EXPECT_EQ(bind_4(socket(AF_INET)), 0);
  EXPECT_EQ(bind_6(socket(AF_INET6), in6addr_loopback), 0);
}

TEST_F(AddressRules, Rule22WhatABoundSocketIsForIsSettled) {
  const int fd = socket(AF_INET6);
  EXPECT_EQ(bind_6(fd), 0);
  EXPECT_EQ(set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1), -EINVAL);
  EXPECT_EQ(set_option(socket(AF_INET), IPPROTO_IPV6, IPV6_V6ONLY, 1), -ENOPROTOOPT);
}

class AddressLengths : public AddressRules {
 protected:
  AddressLengths() {
    const sockaddr_in where = address();
    std::memcpy(&storage, &where, sizeof where);
  }
  long bind(int fd, std::size_t length) {
    return kernel.bind(fd, reinterpret_cast<const sockaddr*>(&storage),
                       static_cast<socklen_t>(length));
  }
  long connect_to(std::size_t length) {
    return kernel.connect(socket(AF_INET), reinterpret_cast<const sockaddr*>(&storage),
                          static_cast<socklen_t>(length));
  }

  sockaddr_storage storage{};
};

TEST_F(AddressLengths, Rule23MoreThanAnAddressNeedsIsTaken) {
  const int fd = socket(AF_INET);
  EXPECT_EQ(bind(fd, sizeof storage), 0);
  EXPECT_EQ(kernel.listen(fd, 4), 0);
  EXPECT_TRUE(connect().connected());
  EXPECT_EQ(connect_to(sizeof(sockaddr_in)), -EINPROGRESS);
  EXPECT_EQ(connect_to(sizeof storage), -EINPROGRESS);
}

TEST_F(AddressLengths, Rule23LessThanTheSocketsFamilyNeedsIsInvalid) {
  EXPECT_EQ(bind(socket(AF_INET), 8), -EINVAL);
  EXPECT_EQ(bind(socket(AF_INET6), sizeof(sockaddr_in)), -EINVAL);
  EXPECT_EQ(bind(socket(AF_INET), sizeof storage + 1), -EINVAL);
  EXPECT_EQ(connect_to(8), -EINVAL);
}

TEST_F(AddressLengths, Rule23WhatFillsAnAddressUpDoesNotMatter) {
  const sockaddr_in tidy = address();
  std::memset(reinterpret_cast<sockaddr_in&>(storage).sin_zero, 7, sizeof tidy.sin_zero);
  const int fd = socket(AF_INET);
  EXPECT_EQ(bind(fd, sizeof tidy), 0);
  EXPECT_EQ(kernel.listen(fd, 4), 0);
  EXPECT_TRUE(connect().connected());
  EXPECT_EQ(bind_4(socket(AF_INET), INADDR_LOOPBACK), -EADDRINUSE);
}

class SharedPortRules : public AddressRules {
 protected:
  int listen_at(in_addr_t host) {
    const int fd = socket(AF_INET);
    EXPECT_EQ(set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1), 0);
    EXPECT_EQ(bind_4(fd, host), 0);
    EXPECT_EQ(kernel.listen(fd, 64), 0);
    return fd;
  }
  int accept_all(int listener) {
    int count = 0;
    while (kernel.accept4(listener, nullptr, nullptr, 0) >= 0) ++count;
    return count;
  }
};

TEST_F(SharedPortRules, Rule26ListenersThatShareAPortShareItsConnections) {
  const int listeners[] = {listen_at(INADDR_LOOPBACK), listen_at(INADDR_LOOPBACK),
                           listen_at(INADDR_LOOPBACK)};
  std::vector<PeerSocket> peers;
  for (int i = 0; i < 60; ++i) peers.push_back(connect());
  int total = 0;
  for (const int listener : listeners) {
    const int count = accept_all(listener);
    EXPECT_GT(count, 0);
    total += count;
  }
  EXPECT_EQ(total, 60);
}

TEST_F(SharedPortRules, Rule26AnAddressOfItsOwnCountsForMoreThanTheWildcard) {
  const int wildcard = listen_at(INADDR_ANY);
  const int own = listen_at(INADDR_LOOPBACK);
  std::vector<PeerSocket> peers;
  for (int i = 0; i < 10; ++i) peers.push_back(connect());
  EXPECT_EQ(accept_all(wildcard), 0);
  EXPECT_EQ(accept_all(own), 10);
}

}  // namespace
}  // namespace e3::kernel_rules
