// SPDX-License-Identifier: MIT
#include "harness/checks/profile.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/checks/profile_text.h"

namespace e3 {
namespace {

const Profile& http() { return *find_profile("http"); }

TEST(Profile, TheDateOfAnHttpAnswerIsMasked) {
  EXPECT_EQ(masked(http(), "HTTP/1.0 200 OK\r\ndate: Mon\r\nA: b\r\n\r\nDate: c"),
            "HTTP/1.0 200 OK\r\ndate:****\r\nA: b\r\n\r\nDate: c");
}

TEST(Profile, AnAnswerWithoutAnEndOfHeadIsMaskedToo) {
  EXPECT_EQ(masked(http(), "HTTP/1.0 200 OK\r\nDate: M"), "HTTP/1.0 200 OK\r\nDate:**");
  EXPECT_EQ(masked(http(), "HTTP/1.0 200 OK\r\nDate: M\r"), "HTTP/1.0 200 OK\r\nDate:**\r");
}

TEST(Profile, ADateEndsAtABareCrAsAnAnswerThatWasCutThereDoes) {
  EXPECT_EQ(masked(http(), "HTTP/1.0 200 OK\r\nDate: M\r2\r\nDate: c"),
            "HTTP/1.0 200 OK\r\nDate:**\r2\r\nDate:**");
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

TEST(Profile, AnUnknownNameHasNone) {
  EXPECT_EQ(find_profile("gopher"), nullptr);
  EXPECT_THROW(load_profile("gopher"), std::invalid_argument);
}

TEST(ProfileFile, SaysWhatAServerIsAskedAndHowItAnswers) {
  const Profile profile = parse_profile(R"(
summary = "numbered lines"
request = "SAY a\n"
answer_end = "\n"
greeting_end = "ready\n"
login = "HELO e3\n"
login_end = "250 ok\n"
half_close = "may-close"
[[mask]]
after = "#"
until = " "
)",
                                        "lines.toml");
  EXPECT_EQ(profile.name, "lines.toml");
  EXPECT_EQ(profile.request, "SAY a\n");
  EXPECT_EQ(profile.large_request, profile.request);
  EXPECT_EQ(profile.answer_end, "\n");
  EXPECT_EQ(profile.greeting_end, "ready\n");
  EXPECT_EQ(profile.login, "HELO e3\n");
  EXPECT_EQ(profile.login_end, "250 ok\n");
  EXPECT_EQ(profile.half_close, HalfClose::kMayClose);
  EXPECT_FALSE(profile.is_http);
  EXPECT_EQ(masked(profile, "#7 a\n#1234 b\n#"), "#* a\n#* b\n#*");
}

TEST(ProfileFile, ServersThatDoNotReadMessagesAreToldApart) {
  const std::string request = R"(request = "GET / HTTP/1.1\r\nHost: e3\r\n\r\n")";
  EXPECT_FALSE(parse_profile(request + "\nhttp = true\n", "mine.toml").answers_alike);
  const std::string hello = profile_text(*find_profile("hello"));
  EXPECT_TRUE(parse_profile(hello, "hello.toml").answers_alike);
}

TEST(ProfileFile, BytesThatAreNoTextAreGivenAsNumbers) {
  const Profile profile = parse_profile(
      "request_hex = \"82 05 00\\n fFA0\"\nanswer_end_hex = \"ff\"\n"
      "[[mask]]\nafter_hex = \"80\"\nuntil_hex = \"0081\"\n",
      "frames.toml");
  EXPECT_EQ(profile.request, std::string("\x82\x05\0\xff\xa0", 5));
  EXPECT_EQ(profile.large_request, profile.request);
  EXPECT_EQ(profile.answer_end, "\xff");
  EXPECT_EQ(masked(profile, std::string("\x80\7\0\x81", 4)), std::string("\x80*\0\x81", 4));
}

TEST(ProfileFile, AMaskWithoutAnEndReachesToTheAnswersEnd) {
  const Profile profile = parse_profile("request = \"x\"\n[[mask]]\nafter = \"id=\"\n", "ids.toml");
  EXPECT_EQ(masked(profile, "ok id=1 id=2"), "ok id=*");
}

TEST(ProfileFile, AnAnswerMaySayHowLongItIs) {
  const Profile profile = parse_profile(
      "request = \"x\"\ntime_out_ms = 1500\nhalf_close = \"closes\"\n"
      "[answer_length]\nat = 1\nbytes = 2\norder = \"little-endian\"\nmore = 3\n",
      "frames.toml");
  ASSERT_TRUE(profile.answer_length);
  EXPECT_EQ(announced_size(*profile.answer_length, std::string("\7\1", 2)), std::nullopt);
  EXPECT_EQ(announced_size(*profile.answer_length, std::string("\7\1\2", 3)), 0x201U + 3U);
  EXPECT_EQ(announced_size({.at = 0, .bytes = 4}, std::string("\0\0\1\2..", 6)), 0x102U);
  EXPECT_EQ(profile.time_out, std::chrono::milliseconds(1500));
  EXPECT_EQ(profile.half_close, HalfClose::kCloses);
}

struct BadProfile {
  std::string_view text;
  std::string_view complaint;  // part of it
};

constexpr BadProfile kBadProfiles[] = {
    {"", "request"},
    {"request = \"\"", "missing or empty"},
    {"request = \"x\"\nlarge_request = \"\"", "must not be empty"},
    {"request = 7", "request"},
    {"request = \"x\"\nlogin_end = \"ok\"", "there is none"},
    {"request = \"x\"\nanswer_ends = \"y\"", "answer_ends"},
    {"request = \"x\"\nhalf_close = \"never\"", "may-close"},
    {"request = \"x\"\nhalf_close = \"may-close\"\npeer_ends = true", "contradicts"},
    {"request = \"x\"\n[[mask]]\nuntil = \" \"", "after"},
    {"request = \"x\"\n[answer_length]\nbytes = 3", "1, 2, 4 or 8"},
    {"request = \"x\"\nanswer_end = \"y\"\n[answer_length]\nbytes = 1", "contradicts"},
    {"request = \"x\"\n[answer_length]\norder = \"middle\"", "little-endian"},
    {"request = \"x\"\ntime_out_ms = 0", "time_out_ms"},
    {"request_hex = \"8\"", "request_hex must be pairs"},
    {"request_hex = \"8 0\"", "request_hex must be pairs"},
    {"request_hex = \"0g\"", "request_hex must be pairs"},
    {"request_hex = \"\"", "missing or empty"},
    {"request = \"x\"\nrequest_hex = \"80\"", "contradicts request"},
    {"request = \"x\"\n[[mask]]\nafter_hex = \"\"", "after"},
};

TEST(ProfileFile, EachMistakeIsSaidWithItsPlace) {
  for (const BadProfile& bad : kBadProfiles) {
    try {
      parse_profile(bad.text, "bad.toml");
      ADD_FAILURE() << "taken: " << bad.text;
    } catch (const std::invalid_argument& error) {
      EXPECT_NE(std::string_view(error.what()).find(bad.complaint), std::string_view::npos)
          << error.what();
      EXPECT_TRUE(std::string_view(error.what()).starts_with("bad.toml")) << error.what();
    }
  }
}

}  // namespace
}  // namespace e3
