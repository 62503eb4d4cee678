// SPDX-License-Identifier: MIT
#include "harness/checks/http_message.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "harness/checks/http_exchange.h"

namespace e3 {
namespace {

struct Row {
  std::string_view bytes;
  AnswerContext context;
  AnswerState state;
  int status;
  std::string_view body;
  std::string_view rest;  // behind a complete answer
};

constexpr Row kRows[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiX", {}, AnswerState::kComplete, 200, "hi", "X"},
    {"HTTP/1.1 200 \r\ncontent-length:2 \r\n\r\nhi", {}, AnswerState::kComplete, 200, "hi", ""},
    {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh", {}, AnswerState::kIncomplete, 200, "", ""},
    {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nX",
     {.to_head = true},
     AnswerState::kComplete,
     200,
     "",
     "X"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a\r\nhi\r\n0\r\nT: v\r\n\r\nX",
     {},
     AnswerState::kComplete,
     200,
     "hi",
     "X"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi",
     {},
     AnswerState::kIncomplete,
     200,
     "",
     ""},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhiX\r\n",
     {},
     AnswerState::kMalformed,
     200,
     "hi",
     ""},
    {"HTTP/1.0 200 OK\r\n\r\nall", {.input_ended = true}, AnswerState::kComplete, 200, "all", ""},
    {"HTTP/1.0 200 OK\r\n\r\nall", {}, AnswerState::kIncomplete, 200, "", ""},
    {"HTTP/1.1 204 No Content\r\n\r\nX", {}, AnswerState::kComplete, 204, "", "X"},
    {"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
     {},
     AnswerState::kMalformed,
     204,
     "",
     ""},
    {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
     {},
     AnswerState::kMalformed,
     200,
     "",
     ""},
    {"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", {}, AnswerState::kMalformed, 200, "", ""},
    {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: b\r\ncontent-length: 3\r\n\r\nhi",
     {},
     AnswerState::kMalformed,
     200,
     "",
     ""},
    {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
     {},
     AnswerState::kComplete,
     200,
     "hi",
     ""},
    {"HTTP/1.1 200\r\n\r\n", {}, AnswerState::kMalformed, 0, "", ""},
    {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", {}, AnswerState::kMalformed, 200, "", ""},
    {"HTTP/2.0 200 OK\r\n\r\n", {}, AnswerState::kMalformed, 0, "", ""},
    {"bad request", {}, AnswerState::kMalformed, 0, "", ""},
    {"HTT", {}, AnswerState::kIncomplete, 0, "", ""},
    {"", {}, AnswerState::kIncomplete, 0, "", ""},
};

TEST(HttpMessage, AnAnswerIsTakenToItsEndAndNoFurther) {
  for (const Row& row : kRows) {
    std::string_view bytes = row.bytes;
    HttpAnswer answer;
    std::string problem;
    EXPECT_EQ(take_answer(bytes, row.context, answer, problem), row.state) << row.bytes;
    EXPECT_EQ(answer.status, row.status) << row.bytes;
    EXPECT_EQ(answer.body, row.body) << row.bytes;
    EXPECT_EQ(bytes, row.state == AnswerState::kComplete ? row.rest : row.bytes) << row.bytes;
    EXPECT_EQ(problem.empty(), row.state != AnswerState::kMalformed) << row.bytes;
  }
}

struct CloseRow {
  std::string_view bytes;
  bool says_close;
};

constexpr CloseRow kCloseRows[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false},
    {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: foo , Close\r\n\r\n", true},
    {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", true},
    {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", false},
};

TEST(HttpMessage, WhetherTheConnectionLivesOnIsReadFromVersionAndConnection) {
  for (const CloseRow& row : kCloseRows) {
    std::string_view bytes = row.bytes;
    HttpAnswer answer;
    std::string problem;
    ASSERT_EQ(take_answer(bytes, {}, answer, problem), AnswerState::kComplete) << row.bytes;
    EXPECT_EQ(answer.says_close, row.says_close) << row.bytes;
  }
}

TEST(HttpMessage, PatternsAreExpanded) {
  HttpTraits traits;
  traits.target = "/t";
  traits.host = "h";
  EXPECT_EQ(expanded("{get}", traits), "GET /t HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(expanded("a{3*xy}b{target}{host}", traits), "axyxyxyb/th");
  EXPECT_EQ(expanded("{head}X: v\r\n\r\n", traits), "GET /t HTTP/1.1\r\nHost: h\r\nX: v\r\n\r\n");
}

TEST(HttpMessage, FieldsAreFoundWhateverTheirCase) {
  constexpr std::string_view kHead = "HTTP/1.1 200 OK\r\ndATE:  now \r\nEmpty:\r\n";
  EXPECT_EQ(field_value(kHead, "Date"), "now");
  EXPECT_EQ(field_value(kHead, "Empty"), "");
  EXPECT_EQ(field_value(kHead, "Absent"), std::nullopt);
}

struct Incomplete {
  std::string_view bytes;
  std::size_t needed;
};

constexpr Incomplete kIncomplete[] = {
    {"HTTP/1.1 200 OK\r\n", 0},
    {"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nh", 41 + 1000},
    {"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n", SIZE_MAX},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3e8\r\nh", 47 + 7 + 5 + 1000},
    {"HTTP/1.1 200 OK\r\n\r\nall", SIZE_MAX},
};

// Whoever looks at a large answer again after each read copies it each time.
TEST(HttpMessage, AnIncompleteAnswerSaysWhenToLookAgain) {
  for (const Incomplete& row : kIncomplete) {
    std::string_view bytes = row.bytes;
    HttpAnswer answer;
    std::string problem;
    EXPECT_EQ(take_answer(bytes, {}, answer, problem), AnswerState::kIncomplete) << row.bytes;
    EXPECT_EQ(answer.bytes_needed, row.needed) << row.bytes;
  }
}

}  // namespace
}  // namespace e3
