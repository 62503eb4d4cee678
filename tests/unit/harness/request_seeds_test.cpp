// SPDX-License-Identifier: MIT
// The seeds made of a request acquit a correct server, and show common bugs by themselves.
#include "harness/explore/request_seeds.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/explore/http_protocol.h"
#include "harness/explore/world_judge.h"
#include "harness/mutants/tiny_server.h"
#include "harness/scenario/byte_form.h"
#include "harness/world/engines/in_process_source.h"

namespace e3::explore {
namespace {

using mutants::Bug;

std::set<std::string_view> seeds_that_convict(Bug bug) {
  Transcript transcript;
  InProcessSource source(
      {.name = "tiny", .serve = [bug] { mutants::serve_tiny(bug, 8080); }, .stop = {}},
      InProcessEngine::kSim, 42, transcript);
  const Protocol protocol = http_protocol("GET /e3 HTTP/1.0\r\n\r\n");
  WorldJudge judge(source, protocol);
  std::set<std::string_view> convicting;
  for (const Seed& seed : request_seeds(protocol)) {
    if (judge.judge(seed.scenario)) convicting.insert(seed.name);
  }
  return convicting;
}

TEST(RequestSeeds, AcquitACorrectServer) {
  EXPECT_EQ(seeds_that_convict(Bug::kNone), std::set<std::string_view>{});
}

TEST(RequestSeeds, ShowWhatCutsAndHangUpsShow) {
  EXPECT_TRUE(seeds_that_convict(Bug::kForgetsBetweenReads).contains("in-bytes"));
  EXPECT_TRUE(seeds_that_convict(Bug::kKeepsHalfOpen).contains("half-closed-within"));
  EXPECT_TRUE(seeds_that_convict(Bug::kWantsTerminatorLast).contains("pipelined-in-bytes"));
}

TEST(RequestSeeds, HaveNamesOfTheirOwnAndSurviveTheByteForm) {
  for (const std::string& request :
       {std::string("x"), std::string("a\x80z"), std::string(900, 'e')}) {
    for (const bool peer_ends : {false, true}) {
      std::set<std::string_view> names;
      for (const Seed& seed : request_seeds({.request = request, .peer_ends = peer_ends})) {
        EXPECT_TRUE(names.insert(seed.name).second) << seed.name;
        EXPECT_EQ(scenario::decode(scenario::encode(seed.scenario)), seed.scenario) << seed.name;
      }
    }
  }
}

}  // namespace
}  // namespace e3::explore
