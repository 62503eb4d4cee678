// SPDX-License-Identifier: MIT
// What a profile promises for a server is demanded of it.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/checks/catalogue.h"
#include "harness/checks/runner.h"
#include "harness/mutants/tiny_server.h"
#include "run_in_process.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;
using mutants::Bug;

CheckResult run_one(std::string_view id, Bug bug, const Profile& profile) {
  return run_in_process([bug] { mutants::serve_tiny(bug, 8080); }, {find_check(id)},
                        InProcessEngine::kSim, profile)
      .checks.at(0);
}

TEST(ProfilePolicy, AServerThatMustCloseNeedNotAnswer) {
  Profile profile = *find_profile("http");
  profile.half_close = HalfClose::kCloses;
  for (const std::string_view id : {"close.hangup.half-close", "close.hangup.half-close-at-once"}) {
    EXPECT_EQ(run_one(id, Bug::kNone, profile).verdict, Verdict::kPass) << id;
    EXPECT_EQ(run_one(id, Bug::kDropsAnswerAtHalfClose, profile).verdict, Verdict::kPass) << id;
  }
  const CheckResult kept = run_one("close.hangup.half-close", Bug::kKeepsHalfOpen, profile);
  ASSERT_FALSE(kept.failures.empty());
  EXPECT_EQ(kept.failures.front().cause, "halfclose-leak");
}

TEST(ProfilePolicy, ATimeOutIsKept) {
  Profile profile = *find_profile("http");
  for (const std::string_view id : {"time.silent", "time.unfinished"}) {
    profile.time_out = 10s;  // as it is
    EXPECT_EQ(run_one(id, Bug::kNone, profile).verdict, Verdict::kPass) << id;
    profile.time_out = 5s;
    const CheckResult late = run_one(id, Bug::kNone, profile);
    EXPECT_EQ(late.verdict, Verdict::kWarn) << id;
    ASSERT_FALSE(late.warnings.empty());
    EXPECT_EQ(late.warnings.front().cause, "header-timeout-missing");
  }
}

// Without a word about SIGPIPE, the death of a server at the end of input is just that.
TEST(Causes, AnyDeathButBySigpipeIsNotCalledSo) {
  EXPECT_EQ(cause_of(*find_check("close.hangup.fin"), Violation{Symptom::kDied, {}, {}}),
            "server-died");
}

}  // namespace
}  // namespace e3
