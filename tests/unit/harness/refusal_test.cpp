// SPDX-License-Identifier: MIT
// A server may refuse, and end the connection, instead of going on as if nothing had been.
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <string>
#include <string_view>

#include "harness/checks/catalogue.h"
#include "in_process_world_fixture.h"
#include "run_in_process.h"

namespace e3 {
namespace {

constexpr std::string_view kGood = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr std::string_view kRefusal = "HTTP/1.0 400 Bad\r\n\r\n";
constexpr std::string_view kNonsense = "HTTP/1.0 200 OK\r\n\r\nno";

struct Manner {
  std::string_view when_more = kGood;       // bytes follow the request
  std::string_view when_failed = kRefusal;  // recv() fails
};

// Answers one request of each connection, then closes it.
class OneAnswerServer {
 public:
  explicit OneAnswerServer(Manner manner) : manner_(manner) {}

  void run() {
    serve_connections_with([this](int connection) { serve(connection); });
  }

 private:
  void serve(int fd) {
    char bytes[4096];
    const ssize_t got = ::recv(fd, bytes, sizeof bytes, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return end(fd, got < 0 ? manner_.when_failed : "");
    std::string& input = inputs_[fd].append(bytes, static_cast<std::size_t>(got));
    const std::size_t blank_line = input.find("\r\n\r\n");
    if (blank_line == input.npos) return;
    end(fd, blank_line + 4 == input.size() ? kGood : manner_.when_more);
  }

  void end(int fd, std::string_view answer) {
    if (!answer.empty()) ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
    ::close(fd);
    inputs_.erase(fd);
  }

  Manner manner_;
  std::map<int, std::string> inputs_;
};

CheckResult result_of(Manner manner, std::string_view check) {
  return run_in_process([manner] { OneAnswerServer(manner).run(); }, {find_check(check)})
      .checks.at(0);
}

TEST(Refusal, WhatFollowsTheLastRequestMayBeRefused) {
  EXPECT_EQ(result_of({}, "read.coalesced").verdict, Verdict::kPass);
  EXPECT_EQ(result_of({.when_more = kRefusal}, "read.coalesced").verdict, Verdict::kWarn);
}

TEST(Refusal, AnotherAnswerIsToldAsOne) {
  const CheckResult result = result_of({.when_more = kNonsense}, "read.coalesced");
  EXPECT_EQ(result.verdict, Verdict::kFail);
  ASSERT_FALSE(result.failures.empty());
  EXPECT_EQ(result.failures.front().violation.symptom, Symptom::kWrongAnswer);
}

TEST(Refusal, MayBeTheEndOfAConnectionThatFails) {
  EXPECT_EQ(result_of({}, "read.error.failed").verdict, Verdict::kPass);
  EXPECT_EQ(result_of({.when_failed = kNonsense}, "read.error.failed").verdict, Verdict::kFail);
}

}  // namespace
}  // namespace e3
