// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/endpoint.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace e3 {
namespace {

TEST(Endpoint, ReadsAddressAndPort) {
  const Endpoint v4 = Endpoint::parse("127.0.0.1:8080");
  EXPECT_EQ(v4.port(), 8080);
  EXPECT_TRUE(v4.is_loopback());
  const Endpoint v6 = Endpoint::parse("[::1]:9");
  EXPECT_EQ(v6.port(), 9);
  EXPECT_TRUE(v6.is_loopback());
}

TEST(Endpoint, OtherMachinesAreNotLoopback) {
  EXPECT_FALSE(Endpoint::parse("192.0.2.1:80").is_loopback());
  EXPECT_FALSE(Endpoint::parse("[2001:db8::1]:80").is_loopback());
  EXPECT_FALSE(Endpoint::parse("0.0.0.0:80").is_loopback());
}

TEST(Endpoint, BadOnesAreRefused) {
  for (const char* text : {"", ":", "host", ":80", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
                           "127.0.0.1:8o", "no.such.name.invalid:80"}) {
    EXPECT_THROW(Endpoint::parse(text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace e3
