// SPDX-License-Identifier: MIT
// An alarm of the process that runs a target, which strikes while the target runs.
#include <gtest/gtest.h>

#include <csignal>
#include <ctime>

#include "harness/world/engines/in_process_source.h"
#include "harness/world/interpose/interpose.h"
#include "harness/world/interpose/real_calls.h"

namespace e3 {
namespace {

std::time_t seen_by_the_alarm = 0;

void look_at_the_clock(int /*signal*/) { seen_by_the_alarm = std::time(nullptr); }
void look_with_information(int /*signal*/, siginfo_t* /*info*/, void* /*context*/) {
  look_at_the_clock(SIGALRM);
}

class AlarmTest : public ::testing::Test {
 protected:
  AlarmTest() { sigaction(SIGALRM, nullptr, &before_); }
  ~AlarmTest() override { sigaction(SIGALRM, &before_, nullptr); }

  // What a target's clock says right after the alarm has struck it.
  static std::time_t strike_a_target() {
    std::time_t seen_by_the_target = 0;
    InProcessTarget target{.name = "struck", .serve = {}, .stop = {}};
    target.serve = [&] {
      std::raise(SIGALRM);
      seen_by_the_target = std::time(nullptr);
    };
    Transcript transcript;
    InProcessSource source(target, InProcessEngine::kSim, /*seed=*/42, transcript);
    EXPECT_THROW(source.begin_check(), TargetUnavailable);  // it does not listen
    return seen_by_the_target;
  }

  static void expect_real_time_for_the_alarm_alone() {
    const std::time_t begin = real::time(nullptr);
    const std::time_t virtual_time = strike_a_target();
    EXPECT_GE(seen_by_the_alarm, begin);
    EXPECT_NE(virtual_time, 0);
    EXPECT_LT(virtual_time, begin);
  }

 private:
  struct sigaction before_ {};
};

TEST_F(AlarmTest, SeesVirtualTimeUnlessGivenRealCalls) {
  std::signal(SIGALRM, look_at_the_clock);
  EXPECT_EQ(strike_a_target(), seen_by_the_alarm);
}

TEST_F(AlarmTest, GetsRealCallsWhileTheTargetGetsVirtualTime) {
  std::signal(SIGALRM, look_at_the_clock);
  interpose::give_alarms_real_calls();
  interpose::give_alarms_real_calls();  // again: as for a second judge
  expect_real_time_for_the_alarm_alone();
}

TEST_F(AlarmTest, GetsWhatAHandlerOfThreeArgumentsGets) {
  struct sigaction action {};
  action.sa_flags = SA_SIGINFO;
  action.sa_sigaction = look_with_information;
  sigaction(SIGALRM, &action, nullptr);
  interpose::give_alarms_real_calls();
  expect_real_time_for_the_alarm_alone();
}

TEST_F(AlarmTest, StaysUnhandledWhereNobodyHandlesIt) {
  std::signal(SIGALRM, SIG_DFL);
  interpose::give_alarms_real_calls();
  struct sigaction after {};
  sigaction(SIGALRM, nullptr, &after);
  EXPECT_EQ(after.sa_handler, SIG_DFL);
}

}  // namespace
}  // namespace e3
