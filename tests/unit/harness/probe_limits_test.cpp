// SPDX-License-Identifier: MIT
// The limits that a probe tells are those of the server, to the byte: it accepts what it is told to
// accept, and refuses one byte more.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <variant>

#include "harness/mutants/tiny_server.h"
#include "harness/probe/probe.h"
#include "probe_server.h"
#include "scripted_http.h"

namespace e3::probe {
namespace {

using testing_servers::http_answer;
using testing_servers::Reply;

// Bytes: of a request line and of a field without their line ends, of a head with its last.
struct Limits {
  std::size_t line = std::numeric_limits<std::size_t>::max();
  std::size_t field = std::numeric_limits<std::size_t>::max();
  std::size_t head = std::numeric_limits<std::size_t>::max();
};

bool is_within(const Limits& limits, std::string_view head) {
  const std::size_t line = std::min(head.find("\r\n"), head.size());
  if (head.size() > limits.head || line > limits.line) return false;
  std::size_t longest = 0;
  for (std::size_t at = line + 2; at < head.size();) {
    const std::size_t end = std::min(head.find("\r\n", at), head.size());
    longest = std::max(longest, end - at);
    at = end + 2;
  }
  return longest <= limits.field;
}

// A server that refuses what is beyond its limits with this status, and answers all else.
Result probe_server_of(const Limits& limits, std::string_view status) {
  return probe_server([&] {
    testing_servers::serve_scripted(
        [&](const mutants::ParseResult&, std::string_view input) -> std::optional<Reply> {
          if (is_within(limits, input.substr(0, input.find("\r\n\r\n") + 4))) return std::nullopt;
          return Reply{.bytes = http_answer(status, "", "Connection: close\r\n"), .ends = true};
        });
  });
}

const Fact* fact_of(const Result& result, std::string_view key) {
  const auto found = std::find_if(result.facts.begin(), result.facts.end(),
                                  [&](const Fact& fact) { return fact.key == key; });
  return found == result.facts.end() ? nullptr : &*found;
}

std::size_t longest(const Result& result, std::string_view key) {
  const Fact* fact = fact_of(result, key);
  const auto* bytes = fact == nullptr ? nullptr : std::get_if<std::size_t>(&fact->value);
  return bytes == nullptr ? 0 : *bytes;
}

TEST(ProbeLimits, AreThoseOfTheServerToTheByte) {
  for (const std::size_t limit : {2000U, 4095U, 4096U, 4097U, 8190U, 31'337U}) {
    EXPECT_EQ(longest(probe_server_of({.line = limit}, "414 Long"), "longest_request_line"), limit);
    EXPECT_EQ(longest(probe_server_of({.field = limit}, "431 Long"), "longest_field"), limit);
    EXPECT_EQ(longest(probe_server_of({.head = limit}, "431 Long"), "longest_head"), limit);
  }
}

TEST(ProbeLimits, OfALineAndOfAFieldAreToldApart) {
  const Result result = probe_server_of({.line = 3000, .field = 5000, .head = 20'000}, "400 Bad");
  EXPECT_EQ(longest(result, "longest_request_line"), 3000U);
  EXPECT_EQ(longest(result, "longest_field"), 5000U);
  EXPECT_EQ(longest(result, "longest_head"), 20'000U);
}

TEST(ProbeLimits, AreNotTriedForEver) {
  const Result result =
      probe_server([] { mutants::serve_tiny(mutants::Bug::kTakesAnyLength, 8080); });
  ASSERT_NE(fact_of(result, "longest_field"), nullptr);
  EXPECT_EQ(fact_of(result, "longest_field")->says, "at least 65536 bytes");
}

}  // namespace
}  // namespace e3::probe
