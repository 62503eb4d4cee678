// SPDX-License-Identifier: MIT
// A correct server that keeps a descriptor for the day on which there is no other: it turns
// connections away rather than to leave them in the queue.
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

struct Policy {
  int turns_away = 1;     // of those that wait, when there is no descriptor
  bool goes_on = true;    // accepts again afterwards
  int shortage = ENFILE;  // what it uses the spare one for, beside EMFILE
};

void serve_with_a_spare(const Policy& policy) {
  int spare = ::eventfd(0, 0);
  serve_with([&](int epoll, int listener, const epoll_event& event) {
    if (event.data.fd != listener) {
      answer_line(event.data.fd);
      return;
    }
    const int connection = ::accept(listener, nullptr, nullptr);
    if (connection >= 0) {
      watch(epoll, connection);
    } else if (errno == EMFILE || errno == policy.shortage) {
      ::close(spare);
      for (int i = 0; i < policy.turns_away; ++i) ::close(::accept(listener, nullptr, nullptr));
      spare = ::eventfd(0, 0);
      if (!policy.goes_on) ::epoll_ctl(epoll, EPOLL_CTL_DEL, listener, nullptr);
    }
  });
}

CheckResult result_of(std::string_view id, const Policy& policy) {
  const Profile profile = parse_profile(R"(request = "ask\n")", "ask.toml");
  return run_in_process([policy] { serve_with_a_spare(policy); }, {find_check(id)},
                        InProcessEngine::kSim, profile)
      .checks.at(0);
}

TEST(SpareDescriptor, TurnsSomeAwayAndServesTheOthers) {
  for (const char* id : {"accept.error.shortage", "accept.error.out-of-descriptors"}) {
    EXPECT_EQ(result_of(id, {}).verdict, Verdict::kPass) << id;
  }
  EXPECT_EQ(result_of("accept.error.shortage", {.turns_away = 2}).verdict, Verdict::kPass);
}

TEST(SpareDescriptor, IsNoReasonToServeNobodyAnyMore) {
  const CheckResult deaf = result_of("accept.error.shortage", {.turns_away = 2, .goes_on = false});
  ASSERT_FALSE(deaf.failures.empty());
  EXPECT_EQ(deaf.failures[0].cause, "accept-emfile-lost-edge");
  EXPECT_EQ(deaf.failures[0].violation.symptom, Symptom::kNotAccepted);
}

TEST(SpareDescriptor, HelpsNotWhereMemoryIsShort) {
  EXPECT_NE(result_of("accept.error.shortage", {.shortage = ENOMEM}).verdict, Verdict::kPass);
}

}  // namespace
}  // namespace e3
