// SPDX-License-Identifier: MIT
// clang-format off
#include <e3/gtest.h>

const e3_target& target_under_test();

namespace {

TEST(Scenario, golden_snippet) {
  e3::testing::replay(target_under_test(), "http", R"e3(
fault epoll_wait epoll EINTR
peer1 > "GET /\"e3\" HTTP/1.0\r\n\r"
peer2 connect tiny
peer2 > "GET /\xff1"
settle
peer1 > "\n"
peer2 < 16
advance 250ms
peer1 < all
peer2 reset
peer2 connect
peer2 half-close
peer3 > "GET / HTTP/1.0\r\n\r\n"
peer3 expect answer
peer3 close
)e3");
}

}  // namespace
