// SPDX-License-Identifier: MIT
// The exchange alone: bytes in, answers out, and where it stops.
#include "e3/server/exchange.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace e3::server {
namespace {

constexpr std::string_view kGet = "GET /abc HTTP/1.1\r\nHost: t\r\n\r\n";

TEST(ExchangeTest, AnswersNoMoreThanTheOutputLimitAndGoesOnWhenAskedAgain) {
  Options options;
  options.limits.output = 1;  // reached by any answer
  Turn turn(std::move(options));
  Exchange exchange(turn.options);
  const std::string input = std::string(kGet) + std::string(kGet) + std::string(kGet);
  std::string_view rest = input;
  for (std::uint64_t answered = 1; answered <= 3; ++answered) {
    turn.output.clear();
    rest.remove_prefix(exchange.consume(rest, turn));
    EXPECT_EQ(rest.size(), input.size() - answered * kGet.size());
    EXPECT_EQ(turn.counters.requests, answered);
  }
}

}  // namespace
}  // namespace e3::server
