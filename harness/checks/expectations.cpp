// SPDX-License-Identifier: MIT
#include "harness/checks/expectations.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/checks/catalogue.h"
#include "harness/checks/toml_table.h"

namespace e3 {
namespace {

constexpr std::string_view kNotReviewed = "not reviewed yet";

// Verdicts that can be expected: what says something about the target, but PASS.
const std::vector<std::string_view>& expectable() {
  static const auto& names = *new std::vector<std::string_view>{"FAIL",    "WARN",         "CRASH",
                                                                "TIMEOUT", "INCONCLUSIVE", "ERROR"};
  return names;
}

bool can_be_expected(Verdict verdict) {
  const auto& names = expectable();
  return std::find(names.begin(), names.end(), to_string(verdict)) != names.end();
}

bool names_a_check(std::string_view word) {
  const auto& checks = all_checks();
  return std::any_of(checks.begin(), checks.end(), [word](const Check* check) {
    const std::vector<CheckCase> cases = cases_of(*check);
    return std::any_of(cases.begin(), cases.end(),
                       [word](const CheckCase& each) { return selects(word, id_of(each)); });
  });
}

// A basic string of TOML.
std::string quoted_toml(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result.append("\\").push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string to_toml(const Expectation& entry) {
  std::string text =
      fmt::format("\n[[expect]]\nid = {}\nverdict = \"{}\"\nreason = {}\n", quoted_toml(entry.id),
                  to_string(entry.verdict), quoted_toml(entry.reason));
  if (!entry.issue.empty()) text += fmt::format("issue = {}\n", quoted_toml(entry.issue));
  if (!entry.expires.empty()) text += fmt::format("expires = {}\n", entry.expires);
  return text;
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
    if (!names_a_check(entry.id)) {
      table.fail("id", fmt::format("no check is called {}; e3 list shows them", entry.id));
    }
    result.entries_.push_back(std::move(entry));
  }
  file.refuse_unknown_keys();
  return result;
}

const Expectation* Expectations::find(const std::string& id, std::string_view today) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Expectation& entry) {
    return selects(entry.id, id) && (entry.expires.empty() || entry.expires >= today);
  });
  return found == entries_.end() ? nullptr : &*found;
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

std::string Expectations::updated(const RunResult& result) const {
  std::string text =
      "# What is known not to pass, and why. Written by e3 run --update-expectations; reasons are "
      "kept.\n";
  const auto matches = [](const Expectation& entry, const CheckResult& check) {
    return selects(entry.id, check.id);
  };
  for (const Expectation& entry : entries_) {
    bool was_run = false;
    bool came_true = false;
    for (const CheckResult& check : result.checks) {
      if (!matches(entry, check)) continue;
      was_run = true;
      came_true = came_true || check.observed == entry.verdict;
    }
    if (came_true || !was_run) text += to_toml(entry);
  }
  for (const CheckResult& check : result.checks) {
    if (!can_be_expected(check.observed)) continue;
    const bool known = std::any_of(entries_.begin(), entries_.end(), [&](const Expectation& entry) {
      return matches(entry, check) && entry.verdict == check.observed;
    });
    if (known) continue;
    const auto& seen = check.failures.empty() ? check.warnings : check.failures;
    const std::string reason =
        seen.empty() ? fmt::format("{}: {}", kNotReviewed, check.reason)
                     : fmt::format("{}: {}", kNotReviewed, seen.front().violation.actual);
    text += to_toml({.id = check.id, .verdict = check.observed, .reason = reason});
  }
  return text;
}

}  // namespace e3
