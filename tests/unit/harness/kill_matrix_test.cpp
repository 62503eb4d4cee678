// SPDX-License-Identifier: MIT
// Proof of the checks, on every engine: the correct servers pass all, each bug is found by the
// check that is meant to find it and under its own name, and null servers pass nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "harness/checks/catalogue.h"
#include "harness/checks/runner.h"
#include "harness/mutants/tiny_server.h"
#include "harness/selftest/examine.h"
#include "run_in_process.h"

namespace e3::selftest {
namespace {

using mutants::Bug;

constexpr InProcessEngine kEngines[] = {InProcessEngine::kSim, InProcessEngine::kSocketpair,
                                        InProcessEngine::kTcp};

class KillMatrix : public ::testing::TestWithParam<InProcessEngine> {};

RunResult run_against(Bug bug, InProcessEngine engine) {
  return run_in_process([bug] { mutants::serve_tiny(bug, 8080); }, base_checks(), engine);
}

TEST_P(KillMatrix, EachServerIsJudgedAsItDeserves) {
  for (const Specimen& specimen : specimens()) {
    const Finding finding = examine(specimen, {.engine = GetParam()});
    for (const std::string& wrong : finding.wrong) ADD_FAILURE() << specimen.name << ": " << wrong;
  }
}

TEST_P(KillMatrix, NothingIsConcludedFromServersThatNeverAnswerRightly) {
  for (const Bug bug : {Bug::kNeverAnswers, Bug::kClosesAtAccept, Bug::kAnswers400ToAll}) {
    std::size_t judged = 0;
    for (const CheckResult& result : run_against(bug, GetParam()).checks) {
      if (result.verdict == Verdict::kSkip) continue;
      ++judged;
      EXPECT_EQ(result.verdict, Verdict::kInconclusive) << static_cast<int>(bug) << result.id;
    }
    EXPECT_GE(judged, base_checks().size() / 2) << static_cast<int>(bug);
  }
}

TEST_P(KillMatrix, TheSameSeedGivesTheSameTranscript) {
  // Real TCP tunes its buffers by the time that passes: how much a full one takes does not repeat.
  if (GetParam() == InProcessEngine::kTcp) GTEST_SKIP() << "what real buffers hold differs";
  const std::uint64_t once = run_against(Bug::kNone, GetParam()).transcript_hash;
  EXPECT_EQ(run_against(Bug::kNone, GetParam()).transcript_hash, once);
}

INSTANTIATE_TEST_SUITE_P(Engines, KillMatrix, ::testing::ValuesIn(kEngines),
                         [](const auto& engine) { return std::string(to_string(engine.param)); });

TEST(KillTable, EachCheckIsInIt) {
  std::vector<const Check*> checks = base_checks();
  for (const Check& check : reuse_checks()) checks.push_back(&check);
  for (const Check* check : checks) {
    EXPECT_TRUE(std::any_of(kills().begin(), kills().end(), [&](const Kill& kill) {
      return kill.case_id == check->id;
    })) << check->id;
  }
}

TEST(KillTable, EachCauseInItIsExplained) {
  for (const Kill& kill : kills()) EXPECT_NE(find_cause(kill.cause), nullptr) << kill.cause;
}

TEST(KillTable, EachServerInItExistsOnce) {
  std::set<std::string_view> names;
  for (const Specimen& specimen : specimens()) {
    EXPECT_TRUE(names.insert(specimen.name).second) << specimen.name;
  }
  for (const Kill& kill : kills()) EXPECT_TRUE(names.contains(kill.server)) << kill.server;
}

}  // namespace
}  // namespace e3::selftest
