// SPDX-License-Identifier: MIT
// The snippet that stands in snippet_golden.cpp is what the printer makes of this scenario; that it
// compiles, and passes for a correct server, its being part of this program shows.
#include "harness/scenario/snippet.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "harness/scenario/text_form.h"
#include "harness/targets/shipped_server.h"

e3::InProcessTarget target_under_test() { return e3::targets::shipped_server("http"); }

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
                googletest_snippet(parse(kScenario, "scenario"), "golden-snippet"),
            golden);
}

TEST(Snippet, ForPytestHoldsTheScenario) {
  const std::string snippet = pytest_snippet(parse("settle\n", "scenario"), "1 name");
  EXPECT_NE(snippet.find("def test_s1_name(tmp_path):"), std::string::npos) << snippet;
  EXPECT_NE(snippet.find("\"\"\"\nsettle\n\"\"\""), std::string::npos) << snippet;
}

}  // namespace
}  // namespace e3::scenario
