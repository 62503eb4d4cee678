// SPDX-License-Identifier: MIT
#include "harness/checks/expectations.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/checks/catalogue.h"
#include "harness/checks/toml_table.h"

namespace e3 {
namespace {

// Verdicts that can be expected: what says something about the target, but PASS.
const std::vector<std::string_view>& expectable() {
  static const auto& names = *new std::vector<std::string_view>{"FAIL",    "WARN",         "CRASH",
                                                                "TIMEOUT", "INCONCLUSIVE", "ERROR"};
  return names;
}

bool names_a_check(std::string_view word) {
  const auto& checks = all_checks();
  return std::any_of(checks.begin(), checks.end(), [word](const Check* check) {
    const std::vector<CheckCase> cases = cases_of(*check);
    return std::any_of(cases.begin(), cases.end(),
                       [word](const CheckCase& each) { return selects(word, id_of(each)); });
  });
}

// Of two words that select `id`: the id itself, else what leaves less open.
bool is_more_specific(std::string_view word, std::string_view other, std::string_view id) {
  const auto weight = [id](std::string_view each) {
    const auto open = std::count(each.begin(), each.end(), '*');
    return std::pair(each == id, each.size() - static_cast<std::size_t>(open));
  };
  return weight(word) > weight(other);
}

}  // namespace

Expectations Expectations::read_file(const std::string& path) {
  TomlTable file = TomlTable::read_file(path);
  return parse_table(file);
}

Expectations Expectations::parse(std::string_view text, const std::string& name) {
  TomlTable file = TomlTable::parse(text, name);
  return parse_table(file);
}

Expectations Expectations::parse_table(TomlTable& file) {
  Expectations result;
  for (TomlTable& table : file.tables("expect")) {
    Expectation entry;
    entry.id = table.required_text("id");
    if (const auto verdict = table.choice("verdict", expectable())) {
      entry.verdict = *verdict_named(*verdict);
    }
    entry.reason = table.required_text("reason");
    entry.issue = table.text("issue").value_or("");
    entry.expires = table.date("expires").value_or("");
    table.refuse_unknown_keys();
    const auto same = [&](const Expectation& other) { return other.id == entry.id; };
    if (std::any_of(result.entries_.begin(), result.entries_.end(), same)) {
      table.fail("id", fmt::format("{} is listed twice", entry.id));
    }
    if (!names_a_check(entry.id)) {
      table.fail("id", fmt::format("no check is called {}; e3 list shows them", entry.id));
    }
    result.entries_.push_back(std::move(entry));
  }
  file.refuse_unknown_keys();
  return result;
}

const Expectation* Expectations::find(const std::string& id, std::string_view today) const {
  const Expectation* best = nullptr;
  for (const Expectation& entry : entries_) {
    if (!selects(entry.id, id) || entry.has_expired(today)) continue;
    if (best == nullptr || is_more_specific(entry.id, best->id, id)) best = &entry;
  }
  return best;
}

void Expectations::apply(CheckResult& result, std::string_view today) const {
  result.observed = result.verdict;
  const Expectation* entry = find(result.id, today);
  if (entry == nullptr) return;
  if (result.verdict == Verdict::kPass) {
    result.verdict = Verdict::kUnexpectedPass;
    result.reason = fmt::format("passes, although {} is expected: {}", to_string(entry->verdict),
                                entry->reason);
  } else if (result.verdict == entry->verdict) {
    result.verdict = Verdict::kExpectedFail;
    result.reason = fmt::format("{} as expected: {}{}{}", to_string(entry->verdict), entry->reason,
                                entry->issue.empty() ? "" : ", ", entry->issue);
  }
}

}  // namespace e3
