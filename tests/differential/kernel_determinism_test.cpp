// SPDX-License-Identifier: MIT
// The model on random schedules without Linux: same steps, same outcomes, whatever ran before on
// the same machine; and a schedule's text is the schedule.
#include <gtest/gtest.h>

#include "executor.h"
#include "model_system.h"
#include "schedule.h"

namespace e3::differential {
namespace {

constexpr std::uint64_t kSeeds = 500;

class KernelDeterminism : public ::testing::TestWithParam<bool> {};

TEST_P(KernelDeterminism, AReusedMachineAnswersAsANewOne) {
  const bool unix_sockets = GetParam();
  ModelSystem reused(0, unix_sockets);
  Executor reusing(unix_sockets);
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Schedule schedule = generate(seed, {unix_sockets, true});
    ModelSystem fresh(0, unix_sockets);
    Executor executor(unix_sockets);
    ASSERT_EQ(reusing.run(schedule, reused), executor.run(schedule, fresh)) << print(schedule);
  }
}

TEST_P(KernelDeterminism, PrintedSchedulesParseToTheSame) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Schedule schedule = generate(seed, {GetParam(), true});
    ASSERT_EQ(parse(print(schedule)), schedule) << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Families, KernelDeterminism, ::testing::Values(false, true),
                         [](const auto& family) { return family.param ? "Unix" : "Tcp"; });

}  // namespace
}  // namespace e3::differential
