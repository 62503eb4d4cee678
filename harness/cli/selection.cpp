// SPDX-License-Identifier: MIT
#include "harness/cli/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

namespace e3::cli {
namespace {

std::vector<CheckCase> every_case() {
  std::vector<CheckCase> all;
  for (const Check* check : all_checks()) {
    const std::vector<CheckCase> more = cases_of(*check);
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

// The ids that failed in a report of --report json=PATH.
std::set<std::string> failed_ids(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::invalid_argument(fmt::format("cannot read the report {}", path));
  try {
    std::set<std::string> ids;
    for (const auto& check : nlohmann::json::parse(file).at("checks")) {
      const auto verdict = verdict_named(check.at("verdict").get<std::string>());
      if (verdict && is_failure(*verdict)) ids.insert(check.at("id").get<std::string>());
    }
    return ids;
  } catch (const nlohmann::json::exception& error) {
    throw std::invalid_argument(
        fmt::format("{} is no report of e3 (--report json=PATH): {}", path, error.what()));
  }
}

bool matches(const std::vector<std::string>& words, const std::string& id) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return selects(word, id); });
}

void keep_part(std::vector<CheckCase>& cases, const Shard& shard) {
  std::vector<CheckCase> part;
  for (std::size_t i = shard.index - 1; i < cases.size(); i += shard.count) {
    part.push_back(cases[i]);
  }
  cases = std::move(part);
}

}  // namespace

std::vector<CheckCase> selected_cases(const Selection& selection) {
  std::vector<CheckCase> cases = every_case();
  for (const std::string& word : selection.words) {
    if (std::none_of(cases.begin(), cases.end(),
                     [&](const CheckCase& each) { return selects(word, id_of(each)); })) {
      throw NothingSelected{fmt::format("no check matches '{}'; e3 list shows them all", word)};
    }
  }
  const auto drop_unless = [&](auto&& wanted) {
    cases.erase(std::remove_if(cases.begin(), cases.end(),
                               [&](const CheckCase& each) { return !wanted(each); }),
                cases.end());
  };
  if (!selection.words.empty()) {
    drop_unless([&](const CheckCase& each) { return matches(selection.words, id_of(each)); });
  }
  drop_unless([&](const CheckCase& each) { return !matches(selection.exclude, id_of(each)); });
  if (cases.empty()) throw NothingSelected{"every selected check is excluded"};
  drop_unless([&](const CheckCase& each) { return level_of(each) <= selection.least; });
  if (!selection.failed_in.empty()) {
    const std::set<std::string> failed = failed_ids(selection.failed_in);
    drop_unless([&](const CheckCase& each) { return failed.contains(id_of(each)); });
    if (cases.empty()) {
      throw NothingSelected{fmt::format("nothing selected failed in {}", selection.failed_in)};
    }
  }
  keep_part(cases, selection.shard);
  if (cases.empty()) throw NothingSelected{"nothing is left of the selected checks"};
  return cases;
}

}  // namespace e3::cli
