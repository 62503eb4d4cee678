// SPDX-License-Identifier: MIT
// A server whose answers differ when nothing disturbs it shows nothing by them, until the profile
// says what varies.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "harness/checks/catalogue.h"
#include "in_process_world_fixture.h"
#include "run_in_process.h"

namespace e3 {
namespace {

// Tells each connection its number.
void serve_by_number() {
  int count = 0;
  serve_connections_with([&count](int connection) {
    char bytes[64];
    const std::string answer = "you are number " + std::to_string(++count) + "\n";
    const ssize_t size = ::recv(connection, bytes, sizeof bytes, 0);
    if (size > 0 && bytes[size - 1] != '\n') return;
    if (size > 0) ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    ::close(connection);
  });
}

CheckResult judged(bool with_mask) {
  Profile profile;
  profile.name = "numbers";
  profile.request = "hello\n";
  profile.large_request = profile.request;
  if (with_mask) profile.masks = {{.after = "number ", .until = "\n"}};
  return run_in_process(serve_by_number, {find_check("read.split.byte-at-a-time")},
                        InProcessEngine::kSim, profile)
      .checks.at(0);
}

TEST(VaryingAnswers, AreNoBugOfTheServer) {
  const CheckResult blind = judged(false);
  EXPECT_EQ(blind.verdict, Verdict::kInconclusive);
  EXPECT_NE(blind.reason.find("differ from byte 16 on, \"1\\n\" and \"2\\n\""), std::string::npos)
      << blind.reason;
  EXPECT_NE(blind.reason.find("[[mask]]"), std::string::npos) << blind.reason;
}

TEST(VaryingAnswers, AreComparedWhereTheyDoNotVary) {
  EXPECT_EQ(judged(true).verdict, Verdict::kPass);
}

}  // namespace
}  // namespace e3
