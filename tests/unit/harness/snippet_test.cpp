// SPDX-License-Identifier: MIT
// The snippet that stands in snippet_golden.cpp is what the printer makes of this scenario; that it
// compiles, and passes for a correct server, its being part of this program shows.
#include "harness/scenario/snippet.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include <e3/target.h>

#include "harness/mutants/tiny_server.h"
#include "harness/scenario/text_form.h"
#include "harness/targets/shipped_server.h"

namespace {

int serve_well(int /*argc*/, char** /*argv*/) {
  e3::targets::shipped_server("http").serve();
  return 0;
}

template <e3::mutants::Bug bug>
int serve_badly(int /*argc*/, char** /*argv*/) {
  e3::mutants::serve_tiny(bug, 8080);
  return 0;
}

}  // namespace

const e3_target& target_under_test() {
  static const e3_target target{"e3-server", serve_well, nullptr, 0, nullptr};
  return target;
}

namespace e3::scenario {
namespace {

constexpr std::string_view kScenario = R"(
fault epoll_wait epoll EINTR
peer1 > "GET /\"e3\" HTTP/1.0\r\n\r"
peer2 connect tiny
peer2 > "GET /\xff1"
settle
peer1 > "\n"
peer2 < 16
advance 250ms
peer1 < all
peer2 reset
peer2 connect
peer2 half-close
peer3 > "GET / HTTP/1.0\r\n\r\n"
peer3 expect answer
peer3 close
)";

TEST(Snippet, IsTheGoldenOne) {
  std::ifstream file(E3_SOURCE_DIR "/tests/unit/harness/snippet_golden.cpp");
  const std::string golden{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ("// SPDX-License-Identifier: MIT\n// clang-format off\n" +
                googletest_snippet(parse(kScenario, "scenario"), "golden-snippet", "http"),
            golden);
}

TEST(Snippet, ForPytestHoldsTheScenario) {
  const std::string snippet = pytest_snippet(parse("settle\n", "scenario"), "1 name",
                                             {"--preload", "--profile", "a \"b\""});
  EXPECT_NE(snippet.find("def test_s1_name(tmp_path):"), std::string::npos) << snippet;
  EXPECT_NE(snippet.find("\"\"\"\nsettle\n\"\"\""), std::string::npos) << snippet;
  EXPECT_NE(snippet.find(R"(replay += ["--preload","--profile","a \"b\""])"), std::string::npos)
      << snippet;
}

// A delimiter that stands in a request would end the literal.
TEST(Snippet, HoldsAnyBytes) {
  const std::string snippet = googletest_snippet(parse("peer1 > \")e3\"\n", "s"), "any", "http");
  EXPECT_NE(snippet.find("R\"e3_("), std::string::npos) << snippet;
}

// What a leak and deafness look like from outside is nothing in the connections that cause them.
TEST(Snippet, IsJudgedAsAReplayIs) {
  const struct {
    int (*serve)(int, char**);
    const char* scenario;
    e3_outcome outcome;
    std::string_view told;
  } kCases[] = {
      {serve_well, "peer1 connect\npeer2 connect\n", E3_PASSED, ""},
      {serve_badly<mutants::Bug::kAcceptsOncePerEdge>, "peer1 connect\npeer2 connect\n", E3_FAILED,
       "deaf"},
      {serve_badly<mutants::Bug::kLeaksOnAbruptClose>, "peer1 > \"GET\"\nsettle\npeer1 reset\n",
       E3_FAILED, "leaks"},
      {serve_well, "sneeze\n", E3_ERROR, "scenario:1:1"},
  };
  for (const auto& each : kCases) {
    const e3_target target{"server", each.serve, nullptr, 0, nullptr};
    std::string told;
    const auto keep = [](void* text, const char* words) {
      *static_cast<std::string*>(text) = words;
    };
    EXPECT_EQ(e3_replay(&target, each.scenario, nullptr, 42, keep, &told), each.outcome) << told;
    EXPECT_TRUE(told.starts_with(each.told)) << told;
  }
}

}  // namespace
}  // namespace e3::scenario
