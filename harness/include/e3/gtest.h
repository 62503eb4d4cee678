// SPDX-License-Identifier: MIT
// e3's checks as parameterised tests of a GoogleTest program: one test for each check, with e3's
// skips and messages. C++20. Link e3::harness and GTest::gtest.
//
//   const e3_target kServer = {"my-server", my_main, nullptr, 0, nullptr};
//   E3_TEST_CHECKS(MyServer, kServer, "http");                   // all checks
//   E3_TEST_CHECKS(MyServer, kServer, "http", "read", "close");  // two families
//
// replay() plays one scenario, as `e3 minimize` prints it.
#pragma once

#include <e3/target.h>
#include <gtest/gtest.h>

#include <cctype>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace e3::testing {

// The ids that one of `words` selects (an id, or a family: "read", "close.hangup"); all without
// any.
inline std::vector<std::string> check_ids(std::initializer_list<std::string_view> words) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < e3_check_count(); ++i) {
    const std::string id = e3_check_id(i);
    bool chosen = words.size() == 0;
    for (const std::string_view word : words) {
      const bool within = id.size() > word.size() && id.compare(0, word.size(), word) == 0 &&
                          (id[word.size()] == '.' || id[word.size()] == '[');
      chosen = chosen || id == word || within;
    }
    if (chosen) ids.push_back(id);
  }
  return ids;
}

// GoogleTest takes letters, digits and underscores only.
inline std::string test_name(const ::testing::TestParamInfo<std::string>& check) {
  std::string name;
  for (const char c : check.param) {
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  return name;
}

// Fails the test with what e3_run_check() or e3_replay(), called by `run`, has told of its subject.
template <typename Run>
void expect_pass(const std::string& subject, const Run& run) {
  std::string told;
  const auto keep = [](void* context, const char* text) {
    *static_cast<std::string*>(context) = text;
  };
  switch (run(keep, &told)) {
    case E3_PASSED:
      return;
    case E3_SKIPPED:
      GTEST_SKIP() << told;
    case E3_FAILED:
    case E3_ERROR:
      FAIL() << subject << "\n" << told;
  }
}

// Plays a scenario, the text of a *.e3 file, and fails where `e3 replay` would.
inline void replay(const e3_target& target, const std::string& profile, const char* scenario,
                   std::uint64_t seed = 42) {
  expect_pass("the scenario", [&](e3_tell* tell, void* context) {
    return e3_replay(&target, scenario, profile.c_str(), seed, tell, context);
  });
}

class CheckTest : public ::testing::TestWithParam<std::string> {
 protected:
  void run(const e3_target& target, const char* profile, std::uint64_t seed = 42) {
    expect_pass(GetParam(), [&](e3_tell* tell, void* context) {
      return e3_run_check(&target, GetParam().c_str(), profile, seed, tell, context);
    });
  }
};

}  // namespace e3::testing

// A macro, as GoogleTest's own: it defines a test suite of the given name.
#define E3_TEST_CHECKS(suite, target, profile, ...)                                      \
  class suite : public ::e3::testing::CheckTest {};                                      \
  TEST_P(suite, Holds) { run(target, profile); }                                         \
  INSTANTIATE_TEST_SUITE_P(E3, suite,                                                    \
                           ::testing::ValuesIn(::e3::testing::check_ids({__VA_ARGS__})), \
                           ::e3::testing::test_name)
