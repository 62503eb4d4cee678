// SPDX-License-Identifier: MIT
// Response heads byte for byte, and dates whose weekday and digits are easy to get wrong.
#include "e3/server/response.h"

#include <gtest/gtest.h>

namespace e3::server {
namespace {

using std::chrono::seconds;

TEST(Response, IsExactlyWhatClientsOfHttp10Expect) {
  const ResponseWriter writer("Mon, 1 Jan 1996 01:01:01 GMT");
  std::string out;
  writer.append(out, Status::kOk, "abc", {});
  EXPECT_EQ(out,
            "HTTP/1.0 200 OK\r\nDate: Mon, 1 Jan 1996 01:01:01 GMT\r\n"
            "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc");
}

TEST(Response, NamesTheErrorInTheStatusLine) {
  const ResponseWriter writer("d");
  std::string out;
  writer.append(out, Status::kBadRequest, "why", {});
  EXPECT_EQ(out,
            "HTTP/1.0 400 Bad Request\r\nDate: d\r\nContent-Type: text/plain\r\n"
            "Content-Length: 3\r\n\r\nwhy");
}

TEST(Response, CountsBytesNotCharacters) {
  const ResponseWriter writer("d");
  std::string out;
  writer.append(out, Status::kOk, "\xc3\xa9", {});
  EXPECT_NE(out.find("Content-Length: 2\r\n"), std::string::npos) << out;
}

TEST(Response, FollowsTheClockUnlessTheDateIsFixed) {
  ResponseWriter follows(std::nullopt);
  ResponseWriter stays("d");
  std::string followed, stayed;
  follows.set_time(seconds(820458061));
  stays.set_time(seconds(820458061));
  follows.append(followed, Status::kOk, "", {});
  stays.append(stayed, Status::kOk, "", {});
  EXPECT_NE(followed.find("Date: Mon, 01 Jan 1996 01:01:01 GMT\r\n"), std::string::npos)
      << followed;
  EXPECT_NE(stayed.find("Date: d\r\n"), std::string::npos) << stayed;
}

struct DateCase {
  std::int64_t time;
  std::string_view text;
};

TEST(Response, WritesDatesAsRfc9110Does) {
  const DateCase cases[] = {
      {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
      {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},  // the RFC's own example
      {951827696, "Tue, 29 Feb 2000 12:34:56 GMT"},
      {1709251199, "Thu, 29 Feb 2024 23:59:59 GMT"},
      {4102444800, "Fri, 01 Jan 2100 00:00:00 GMT"},
  };
  for (const DateCase& given : cases) {
    EXPECT_EQ(imf_fixdate(seconds(given.time)), given.text) << given.time;
  }
}

}  // namespace
}  // namespace e3::server
