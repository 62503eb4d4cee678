// SPDX-License-Identifier: MIT
#include "harness/world/engines/call_log.h"

#include <gtest/gtest.h>

namespace e3 {
namespace {

class CallLogTest : public ::testing::Test {
 protected:
  // Whether so many calls without progress are taken for a spin.
  bool idle_calls_spin(int calls) {
    log_.begin_turn();
    bool well = true;
    for (int i = 0; i < calls; ++i) well = log_.count(/*progress=*/false, 0);
    return !well;
  }
  bool clock_looks_spin(int looks) {
    log_.begin_turn();
    bool well = true;
    for (int i = 0; i < looks; ++i) well = log_.count_clock_look(/*takes_time=*/false);
    return !well;
  }

  Transcript transcript_;
  CallLog log_{transcript_};
};

TEST_F(CallLogTest, AThousandCallsThatLeadNowhereAreNoSpinYet) {
  EXPECT_FALSE(idle_calls_spin(1000));
  EXPECT_TRUE(idle_calls_spin(1001));
}

// As by a server that looks at the clock for the Date of each answer, and answers a thousand
// requests into one buffer.
TEST_F(CallLogTest, LooksAtTheClockAreASpinOnlyInMuchGreaterNumber) {
  EXPECT_FALSE(clock_looks_spin(10'000));
  EXPECT_TRUE(clock_looks_spin(101'000));
}

TEST_F(CallLogTest, AClockThatTakesTimeIsProgress) {
  for (int i = 0; i < 200'000; ++i) ASSERT_TRUE(log_.count_clock_look(/*takes_time=*/true));
}

TEST_F(CallLogTest, ProgressEndsARow) {
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(log_.count(/*progress=*/i % 1000 == 0, 0)) << i;
}

}  // namespace
}  // namespace e3
