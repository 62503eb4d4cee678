// SPDX-License-Identifier: MIT
// The transcript of a failure ends where it failed, not with what the peers did as they left.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "harness/checks/catalogue.h"
#include "in_process_world_fixture.h"
#include "run_in_process.h"

namespace e3 {
namespace {

// Never answers a request that comes in pieces.
void serve_whole_lines() {
  serve_with([](int epoll, int listener, const epoll_event& event) {
    char line[64];
    if (event.data.fd == listener) {
      accept_and_watch(epoll, listener);
    } else if (const ssize_t size = ::recv(event.data.fd, line, sizeof line, 0); size == 0) {
      ::close(event.data.fd);
    } else if (size == 3) {
      ::send(event.data.fd, "yes\n", 4, MSG_NOSIGNAL);
    }
  });
}

Failure first_failure(const char* check) {
  Profile profile;
  profile.name = "lines";
  profile.request = "hi\n";
  profile.answer_end = "\n";
  const RunResult result =
      run_in_process(serve_whole_lines, {find_check(check)}, InProcessEngine::kSim, profile);
  return result.checks.at(0).failures.at(0);
}

TEST(FailureTranscript, EndsWhereItFailed) {
  const std::string line = first_failure("read.split.every-offset").transcript.back();
  EXPECT_NE(line.find("target  recv(conn"), std::string::npos) << line;
}

TEST(FailureTranscript, ShowsWhatThePointSays) {
  const Failure failure = first_failure("read.split.random");
  constexpr std::string_view kBegin = "cuts at ";
  ASSERT_TRUE(failure.point.starts_with(kBegin)) << failure.point;
  const char cut = failure.point.at(kBegin.size());
  const std::string sends = std::string("sends ") + cut + " of ";
  EXPECT_NE(fmt::format("{}", fmt::join(failure.transcript, "\n")).find(sends), std::string::npos)
      << failure.point;
}

}  // namespace
}  // namespace e3
