// SPDX-License-Identifier: MIT
// Where a head ends, for every way its bytes can arrive.
#include "e3/server/request_accumulator.h"

#include <gtest/gtest.h>

#include <vector>

namespace e3::server {
namespace {

using State = RequestAccumulator::State;

struct HeadCase {
  std::string_view stream;
  std::vector<std::string> heads;
  std::string_view partial;
};

const HeadCase kHeads[] = {
    {"", {}, ""},
    {"GET / HTTP/1.0\r\n", {}, "GET / HTTP/1.0\r\n"},
    {"GET / HTTP/1.0\r\n\r\n", {"GET / HTTP/1.0\r\n\r\n"}, ""},
    {"GET / HTTP/1.0\n\n", {"GET / HTTP/1.0\n\n"}, ""},
    {"a\n\r\nb\r\n\nc", {"a\n\r\n", "b\r\n\n"}, "c"},
    {"a\n\r\r\n\rb\n\r", {}, "a\n\r\r\n\rb\n\r"},
    {"\n\n\r\n\r\n", {"\n\n", "\r\n\r\n"}, ""},
    {std::string_view("a\0b\n\n", 5), {std::string("a\0b\n\n", 5)}, ""},
};

void feed_in_reads_of(std::size_t size, const HeadCase& given) {
  RequestAccumulator accumulator(1000);
  std::vector<std::string> heads;
  for (std::size_t at = 0; at < given.stream.size(); at += size) {
    std::string_view read = given.stream.substr(at, size);
    while (!read.empty()) {
      const auto result = accumulator.feed(read);
      if (result.state == State::kComplete) heads.emplace_back(result.head);
      read.remove_prefix(result.consumed);
    }
  }
  EXPECT_EQ(heads, given.heads) << given.stream << " in reads of " << size;
  EXPECT_EQ(accumulator.partial(), given.partial) << given.stream << " in reads of " << size;
}

TEST(RequestAccumulator, FindsTheSameHeadsInReadsOfEverySize) {
  for (const HeadCase& given : kHeads) {
    for (std::size_t size = 1; size <= 20; ++size) feed_in_reads_of(size, given);
  }
}

TEST(RequestAccumulator, LeavesWhatFollowsAHead) {
  RequestAccumulator accumulator(100);
  const auto result = accumulator.feed("GET /\n\nbody");
  EXPECT_EQ(result.state, State::kComplete);
  EXPECT_EQ(result.consumed, 7U);
}

TEST(RequestAccumulator, DoesNotCopyAHeadThatArrivesWhole) {
  const std::string_view read = "GET /\n\n";
  RequestAccumulator accumulator(100);
  EXPECT_EQ(accumulator.feed(read).head.data(), read.data());
}

TEST(RequestAccumulator, TakesAHeadOfExactlyTheLimitAndNoLonger) {
  RequestAccumulator accumulator(7);
  EXPECT_EQ(accumulator.feed("GET /\n\n").state, State::kComplete);
  EXPECT_EQ(accumulator.feed("GET /a\n\n").state, State::kTooLong);
}

TEST(RequestAccumulator, CountsTheLimitOverAllReads) {
  RequestAccumulator accumulator(4);
  EXPECT_EQ(accumulator.feed("abc").state, State::kIncomplete);
  const auto result = accumulator.feed("def");
  EXPECT_EQ(result.state, State::kTooLong);
  EXPECT_EQ(result.head, "abcd");
}

TEST(RequestAccumulator, StartsAnewAfterReset) {
  RequestAccumulator accumulator(4);
  accumulator.feed("abc\n");
  accumulator.reset();
  EXPECT_EQ(accumulator.feed("\nb\n\n").head, "\nb\n\n");
}

}  // namespace
}  // namespace e3::server
