// SPDX-License-Identifier: MIT
#include "harness/checks/profile.h"

#include <gtest/gtest.h>

namespace e3 {
namespace {

const Profile& http() { return *find_profile("http"); }

TEST(Profile, TheDateOfAnHttpAnswerIsMasked) {
  EXPECT_EQ(masked(http(), "HTTP/1.0 200 OK\r\ndate: Mon\r\nA: b\r\n\r\nDate: c"),
            "HTTP/1.0 200 OK\r\ndate:****\r\nA: b\r\n\r\nDate: c");
}

TEST(Profile, AnAnswerWithoutAnEndOfHeadIsMaskedToo) {
  EXPECT_EQ(masked(http(), "HTTP/1.0 200 OK\r\nDate: M"), "HTTP/1.0 200 OK\r\nDate:**");
}

TEST(Profile, OtherProtocolsAreComparedByteForByte) {
  EXPECT_EQ(masked(*find_profile("echo"), "Date: Mon\r\n\r\n"), "Date: Mon\r\n\r\n");
}

struct StatusRow {
  std::string_view answer;
  int status;
};

constexpr StatusRow kStatusRows[] = {
    {"HTTP/1.0 200 OK\r\n", 200}, {"HTTP/1.1 404 ", 404},     {"HTTP/1.0 20", 0},   {"", 0},
    {"HTTP/2.0 200 OK", 0},       {"HTTP/1.0 2x0 OK\r\n", 0}, {"hello, client", 0},
};

TEST(Profile, TheStatusIsReadFromAWellFormedStatusLineOnly) {
  for (const StatusRow& row : kStatusRows)
    EXPECT_EQ(http_status(row.answer), row.status) << row.answer;
}

TEST(Profile, AnUnknownNameHasNone) { EXPECT_EQ(find_profile("gopher"), nullptr); }

}  // namespace
}  // namespace e3
