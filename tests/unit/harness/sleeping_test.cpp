// SPDX-License-Identifier: MIT
// Servers that serve one connection after the other: whoever waits meanwhile is kept waiting by the
// call in which they sleep, whatever it looks like.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "harness/checks/catalogue.h"
#include "in_process_world_fixture.h"
#include "run_in_process.h"

namespace e3 {
namespace {

// Answers each line with "ok", or waits for its end for ever if that came alone.
void serve_one_by_one(bool misses_lone_end) {
  const int listener = listen_anywhere(0);
  while (true) {
    const int connection = ::accept4(listener, nullptr, nullptr, 0);
    char bytes[64];
    ssize_t size = 0;
    while ((size = ::recv(connection, bytes, sizeof bytes, 0)) > 0) {
      if (bytes[size - 1] != '\n' || (misses_lone_end && size == 1)) continue;
      ::send(connection, "ok\n", 3, MSG_NOSIGNAL);
    }
    ::close(connection);
  }
}

struct Outcome {
  std::string cause;
  std::string actual;
};

Outcome outcome(bool misses_lone_end, std::string_view check, InProcessEngine engine) {
  Profile profile;
  profile.name = "lines";
  profile.request = "line\n";
  profile.answer_end = "\n";
  profile.large_request = profile.request;
  const RunResult result = run_in_process([=] { serve_one_by_one(misses_lone_end); },
                                          {find_check(check)}, engine, profile);
  const CheckResult& only = result.checks.at(0);
  if (only.failures.empty()) return {};
  return {std::string(only.failures.front().cause), only.failures.front().violation.actual};
}

class SleepingTest : public ::testing::TestWithParam<InProcessEngine> {};

TEST_P(SleepingTest, IsWhyOthersGetNothing) {
  for (const char* check : {"events.full-batch", "isolation.slow-senders"}) {
    const Outcome seen = outcome(false, check, GetParam());
    EXPECT_EQ(seen.cause, "blocking-conn") << check;
    EXPECT_NE(seen.actual.find("asleep in recv(conn"), std::string::npos) << seen.actual;
  }
}

TEST_P(SleepingTest, IsNoReasonWhereNobodyElseWaits) {
  EXPECT_EQ(outcome(false, "read.split.every-offset", GetParam()).cause, "");
  EXPECT_EQ(outcome(true, "read.split.every-offset", GetParam()).cause, "split-terminator");
}

INSTANTIATE_TEST_SUITE_P(Engines, SleepingTest,
                         ::testing::Values(InProcessEngine::kSim, InProcessEngine::kSocketpair),
                         [](const auto& parameter) {
                           return std::string(to_string(parameter.param));
                         });

}  // namespace
}  // namespace e3
