// SPDX-License-Identifier: MIT
#include "harness/cli/progress.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace e3::cli {
namespace {

using namespace std::chrono_literals;

TEST(Progress, TellsWhatIsDoneAndHowLongTheRestWillTake) {
  EXPECT_EQ(progress_line(0, 10, 0s, "read.split", 80), "[....................] 0/10 read.split");
  EXPECT_EQ(progress_line(5, 10, 12s, "read.split", 80),
            "[##########..........] 5/10 (about 12 s left) read.split");
  EXPECT_EQ(progress_line(1, 11, 60s, "x", 80),
            "[#...................] 1/11 (about 10 min left) x");
  EXPECT_EQ(progress_line(10, 10, 12s, "x", 80), "[####################] 10/10 x");
  EXPECT_EQ(progress_line(0, 0, 0s, "x", 80), "[....................] 0/0 x");
}

TEST(Progress, FitsTheTerminal) {
  EXPECT_EQ(progress_line(5, 10, 12s, std::string(200, 'x'), 60).size(), 60U);
}

}  // namespace
}  // namespace e3::cli
