// SPDX-License-Identifier: MIT
// Where the running kernel gives no network of one's own, all tests are skipped: exit status 77, so
// that nobody takes them for passed.
#include <gtest/gtest.h>

int main(int argc, char** argv) {
  constexpr int kAllSkipped = 77;
  testing::InitGoogleTest(&argc, argv);
  const int failed = RUN_ALL_TESTS();
  const auto& ran = *testing::UnitTest::GetInstance();
  const bool all_skipped =
      ran.skipped_test_count() != 0 && ran.skipped_test_count() == ran.test_to_run_count();
  return failed == 0 && all_skipped ? kAllSkipped : failed;
}
