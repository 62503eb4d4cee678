// SPDX-License-Identifier: MIT
// A correct server that keeps a descriptor for the day on which there is no other: it turns a
// connection away rather than to leave it in the queue.
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "harness/checks/catalogue.h"
#include "in_process_world_fixture.h"
#include "run_in_process.h"

namespace e3 {
namespace {

// `turns_away`: how many of those that wait, when there is no descriptor.
void serve_with_a_spare(int turns_away) {
  int spare = ::eventfd(0, 0);
  serve_with([&](int epoll, int listener, const epoll_event& event) {
    if (event.data.fd != listener) {
      answer_line(event.data.fd);
      return;
    }
    const int connection = ::accept(listener, nullptr, nullptr);
    if (connection >= 0) {
      watch(epoll, connection);
    } else if (errno == EMFILE || errno == ENFILE) {
      ::close(spare);
      for (int i = 0; i < turns_away; ++i) ::close(::accept(listener, nullptr, nullptr));
      spare = ::eventfd(0, 0);
    }
  });
}

Verdict verdict_on(std::string_view id, int turns_away) {
  const Profile profile = parse_profile(R"(request = "ask\n")", "ask.toml");
  return run_in_process([turns_away] { serve_with_a_spare(turns_away); }, {find_check(id)},
                        InProcessEngine::kSim, profile)
      .checks.at(0)
      .verdict;
}

TEST(SpareDescriptor, TurnsOneAwayAndServesTheOthers) {
  for (const char* id : {"accept.error.shortage", "accept.error.out-of-descriptors"}) {
    EXPECT_EQ(verdict_on(id, 1), Verdict::kPass) << id;
  }
}

TEST(SpareDescriptor, IsNoReasonToTurnAllAway) {
  EXPECT_EQ(verdict_on("accept.error.shortage", 2), Verdict::kFail);
}

}  // namespace
}  // namespace e3
