// SPDX-License-Identifier: MIT
#include "harness/scenario/snippet.h"

#include <fmt/format.h>

#include <cctype>
#include <nlohmann/json.hpp>

#include "harness/scenario/text_form.h"

namespace e3::scenario {
namespace {

std::string identifier(std::string_view name) {
  std::string text;
  for (const char c : name) text += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  const bool is_one = !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) == 0;
  return is_one ? text : fmt::format("s{}", text);
}

// A raw C++ literal of several lines. Its delimiter is longer than any that the text may hold.
std::string cpp_literal(std::string_view text) {
  std::size_t size = 2;
  while (text.find(fmt::format("){:_<{}}\"", "e3", size)) != text.npos) ++size;
  const std::string delimiter = fmt::format("{:_<{}}", "e3", size);
  return fmt::format("R\"{0}(\n{1}){0}\"", delimiter, text);
}

// Strings and lists of them are written alike in JSON, Python and, but for rare escapes, C++.
std::string literal(const nlohmann::json& value) {
  return value.dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace);
}

constexpr std::string_view kGoogletest = R"(#include <e3/gtest.h>

const e3_target& target_under_test();

namespace {{

TEST(Scenario, {}) {{
  e3::testing::replay(target_under_test(), {}, {});
}}

}}  // namespace
)";

constexpr std::string_view kPytest = R"PY(import os
import subprocess

SCENARIO = r"""
{}"""


def test_{}(tmp_path):
    scenario = tmp_path / "scenario.e3"
    scenario.write_text(SCENARIO)
    replay = ["e3", "replay", str(scenario), "--spawn", os.environ["E3_SPAWN"]]
    replay += {}
    done = subprocess.run(replay, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
)PY";

}  // namespace

std::string googletest_snippet(const Scenario& scenario, std::string_view name,
                               std::string_view profile) {
  return fmt::format(kGoogletest, identifier(name), literal(profile), cpp_literal(print(scenario)));
}

std::string pytest_snippet(const Scenario& scenario, std::string_view name,
                           const std::vector<std::string>& options) {
  return fmt::format(kPytest, print(scenario), identifier(name), literal(options));
}

}  // namespace e3::scenario
