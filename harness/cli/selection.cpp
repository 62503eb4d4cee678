// SPDX-License-Identifier: MIT
#include "harness/cli/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/report/past_run.h"

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
  std::set<std::string> ids;
  for (const report::PastCheck& check : report::read_run(path).checks) {
    if (report::failed(check)) ids.insert(check.id);
  }
  return ids;
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

void require_matches(const std::vector<std::string>& words) {
  const std::vector<CheckCase> all = every_case();
  for (const std::string& word : words) {
    if (std::none_of(all.begin(), all.end(),
                     [&](const CheckCase& each) { return selects(word, id_of(each)); })) {
      throw NothingSelected{fmt::format("no check matches '{}'; e3 list shows them all", word)};
    }
  }
}

std::vector<CheckCase> selected_cases(const Selection& selection) {
  std::vector<CheckCase> cases = every_case();
  require_matches(selection.words);
  require_matches(selection.exclude);
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
