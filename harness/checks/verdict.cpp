// SPDX-License-Identifier: MIT
#include "harness/checks/verdict.h"

#include <algorithm>
#include <iterator>

namespace e3 {
namespace {

template <typename Value>
struct Named {
  Value value;
  std::string_view name;
};

constexpr Named<Verdict> kVerdicts[] = {
    {Verdict::kPass, "PASS"},
    {Verdict::kWarn, "WARN"},
    {Verdict::kFail, "FAIL"},
    {Verdict::kCrash, "CRASH"},
    {Verdict::kTimeout, "TIMEOUT"},
    {Verdict::kExpectedFail, "XFAIL"},
    {Verdict::kUnexpectedPass, "XPASS"},
    {Verdict::kSkip, "SKIP"},
    {Verdict::kNotApplicable, "N/A"},
    {Verdict::kInconclusive, "INCONCLUSIVE"},
    {Verdict::kError, "ERROR"},
};

constexpr Named<Level> kLevels[] = {
    {Level::kMust, "must"}, {Level::kShould, "should"}, {Level::kMay, "may"}};

template <typename Value, std::size_t size>
std::string_view name_in(const Named<Value> (&table)[size], Value value) {
  const auto* found = std::find_if(std::begin(table), std::end(table),
                                   [&](const auto& row) { return row.value == value; });
  return found == std::end(table) ? "UNKNOWN" : found->name;
}

template <typename Value, std::size_t size>
std::optional<Value> value_in(const Named<Value> (&table)[size], std::string_view name) {
  const auto* found = std::find_if(std::begin(table), std::end(table),
                                   [&](const auto& row) { return row.name == name; });
  if (found == std::end(table)) return std::nullopt;
  return found->value;
}

}  // namespace

std::string_view to_string(Verdict verdict) { return name_in(kVerdicts, verdict); }
std::optional<Verdict> verdict_named(std::string_view name) { return value_in(kVerdicts, name); }

std::string_view to_string(Level level) { return name_in(kLevels, level); }
std::optional<Level> level_named(std::string_view name) { return value_in(kLevels, name); }

bool is_failure(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFail:
    case Verdict::kCrash:
    case Verdict::kTimeout:
    case Verdict::kUnexpectedPass:
    case Verdict::kInconclusive:
    case Verdict::kError:
      return true;
    case Verdict::kPass:
    case Verdict::kWarn:
    case Verdict::kExpectedFail:
    case Verdict::kSkip:
    case Verdict::kNotApplicable:
      return false;
  }
  return true;
}

}  // namespace e3
