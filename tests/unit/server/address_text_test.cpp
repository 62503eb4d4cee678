// SPDX-License-Identifier: MIT
#include "address_text.h"

#include <gtest/gtest.h>

namespace {

TEST(AddressText, ReadsEveryFormAndWritesItBack) {
  for (const char* text : {"127.0.0.1:80", "[::1]:0", "unix:/run/e3.sock", "unix:a:1"}) {
    const auto address = parse_listen_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_string(*address), text);
  }
}

TEST(AddressText, RefusesEverythingElse) {
  for (const char* text :
       {"", ":", "80", ":80", "h:", "h:+1", "h:65536", "h:1 ", "unix:", "::1:80", "[]:1"}) {
    EXPECT_FALSE(parse_listen_address(text)) << text;
  }
}

}  // namespace
