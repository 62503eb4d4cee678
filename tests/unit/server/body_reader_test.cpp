// SPDX-License-Identifier: MIT
// Where a body ends, in one read and byte by byte.
#include "e3/server/body_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace e3::server {
namespace {

using State = BodyReader::State;

struct Reading {
  State state = State::kMore;
  std::size_t consumed = 0;
};

Reading read_chunked(std::string_view bytes, std::size_t piece, std::uint64_t content_limit = 100,
                     std::size_t framing_limit = 50) {
  BodyReader reader;
  reader.start_chunked(content_limit, framing_limit);
  Reading reading;
  while (reading.state == State::kMore && reading.consumed != bytes.size()) {
    const auto result = reader.consume(bytes.substr(reading.consumed, piece));
    reading.state = result.state;
    reading.consumed += result.consumed;
  }
  return reading;
}

TEST(BodyReader, TakesExactlyTheLength) {
  BodyReader reader;
  reader.start_length(5);
  EXPECT_EQ(reader.consume("abc").state, State::kMore);
  const auto result = reader.consume("deGET /");
  EXPECT_EQ(result.state, State::kComplete);
  EXPECT_EQ(result.consumed, 2U);
}

TEST(BodyReader, ALengthOfZeroIsCompleteAtOnce) {
  BodyReader reader;
  reader.start_length(0);
  const auto result = reader.consume("GET /");
  EXPECT_EQ(result.state, State::kComplete);
  EXPECT_EQ(result.consumed, 0U);
}

struct ChunkedCase {
  std::string body;  // "|" marks where the body must be found to end
};

const ChunkedCase kValid[] = {
    {"0\r\n\r\n|"},
    {"5\r\nhello\r\n0\r\n\r\n|GET /"},
    {"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n|"},
    {"A\r\n0123456789\r\na\r\n0123456789\r\n00\r\n\r\n|"},
    {"005\r\nhello\r\n0\r\n\r\n|"},
    {"5;a=b;c=\"d\"\r\nhello\r\n0;x\r\n\r\n|"},
    {"5 ;a=b\r\nhello\r\n0\t ; x\r\n\r\n|"},
    {"0\r\nA: b\r\nC:\r\n\r\n|rest"},
    {"4\r\n\r\n\r\n\r\n0\r\n\r\n|"},
};

TEST(BodyReader, FindsTheEndOfAChunkedBodyInPiecesOfEverySize) {
  for (const ChunkedCase& given : kValid) {
    const std::size_t end = given.body.find('|');
    std::string bytes = given.body;
    bytes.erase(end, 1);
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
      const Reading reading = read_chunked(bytes, piece);
      EXPECT_EQ(reading.state, State::kComplete) << given.body << " in pieces of " << piece;
      EXPECT_EQ(reading.consumed, end) << given.body << " in pieces of " << piece;
    }
  }
}

const ChunkedCase kMalformed[] = {
    {"Z\r\n"},      {"0x5\r\n"},         {"+5\r\n"},          {"-1\r\n"},
    {"5 \r\n"},     {" 5\r\n"},          {"1_0\r\n"},         {"\r\n"},
    {";a\r\n"},     {"5\nhello"},        {"5\r\nhello0\r\n"}, {"5\r\nhello\n0\r\n"},
    {"5\rhello"},   {"5\r\nhello\rX"},   {"5;a\x01\r\n"},     {"0\r\nX\r\n"},
    {"0\r\n X: y"}, {"0\r\nX: y\n\r\n"}, {"0\r\n: y\r\n"},    {"0\r\n\rX"},
    {"5 5\r\n"},    {"5 \r\n"},          {"5 ;\r\r\n"},
};

TEST(BodyReader, RefusesBrokenFraming) {
  for (const ChunkedCase& given : kMalformed) {
    for (const std::size_t piece : {std::size_t{1}, given.body.size()}) {
      EXPECT_EQ(read_chunked(given.body, piece).state, State::kMalformed) << given.body;
    }
  }
}

TEST(BodyReader, ManySmallChunksAreContentAndNotFraming) {
  std::string body;
  for (int i = 0; i != 200; ++i) body += "1\r\nx\r\n";
  EXPECT_EQ(read_chunked(body + "0\r\n\r\n", 99, 200).state, State::kComplete);
  EXPECT_EQ(read_chunked(body + "0\r\n\r\n", 99, 199).state, State::kTooLarge);
}

TEST(BodyReader, HoldsItsLimits) {
  EXPECT_EQ(read_chunked("64\r\n", 9).state, State::kMore);
  EXPECT_EQ(read_chunked("65\r\n", 9).state, State::kTooLarge);
  EXPECT_EQ(read_chunked("5\r\nhello\r\n2\r\n", 99, 6).state, State::kTooLarge);
  EXPECT_EQ(read_chunked("FFFFFFFFFFFFFFFF0\r\n", 99, ~std::uint64_t{0}).state, State::kMalformed);
  EXPECT_EQ(read_chunked("1;" + std::string(60, 'x'), 99).state, State::kTooLarge);
  EXPECT_EQ(read_chunked("0\r\nX: " + std::string(60, 'x'), 99).state, State::kTooLarge);
  EXPECT_EQ(read_chunked(std::string(60, '0'), 99).state, State::kTooLarge);
  EXPECT_EQ(read_chunked("1" + std::string(60, ' '), 99).state, State::kTooLarge);
}

}  // namespace
}  // namespace e3::server
