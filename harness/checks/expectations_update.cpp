// SPDX-License-Identifier: MIT
// The expectations file that a run asks for.
#include <fmt/format.h>

#include <algorithm>

#include "harness/checks/catalogue.h"
#include "harness/checks/expectations.h"
#include "harness/report/escape.h"

namespace e3 {
namespace {

constexpr std::string_view kNotReviewed = "not reviewed yet";

bool says_nothing(Verdict verdict) {
  return verdict == Verdict::kSkip || verdict == Verdict::kNotApplicable;
}

bool can_be_expected(Verdict verdict) {
  return verdict != Verdict::kPass && !says_nothing(verdict);
}

// A basic string of TOML. A server's bytes may be no text, which no TOML file may hold.
std::string quoted_toml(std::string_view text) {
  std::string result = "\"";
  for (const char c : report::printable(text)) {
    if (c == '\n' || c == '\t') {
      result += c == '\n' ? "\\n" : "\\t";
      continue;
    }
    if (c == '"' || c == '\\') result += '\\';
    result += c;
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

const CheckResult* result_of(const RunResult& run, std::string_view id) {
  const auto found = std::find_if(run.checks.begin(), run.checks.end(),
                                  [id](const CheckResult& check) { return check.id == id; });
  return found == run.checks.end() ? nullptr : &*found;
}

std::vector<std::string> ids_meant_by(std::string_view word) {
  std::vector<std::string> ids;
  for (const Check* check : all_checks()) {
    for (const CheckCase& each : cases_of(*check)) {
      if (selects(word, id_of(each))) ids.push_back(id_of(each));
    }
  }
  return ids;
}

// What was seen is what the entry says, or says nothing about it.
bool holds(const Expectation& entry, const CheckResult& check) {
  return check.observed == entry.verdict || says_nothing(check.observed);
}

std::string new_reason(const CheckResult& check) {
  const auto& seen = check.failures.empty() ? check.warnings : check.failures;
  return fmt::format("{}: {}", kNotReviewed,
                     seen.empty() ? check.reason : seen.front().violation.actual);
}

}  // namespace

std::string Expectations::kept(const Expectation& entry, const RunResult& run,
                               std::string_view today) const {
  std::string parts;
  bool was_run = false;
  bool is_whole = true;
  for (const std::string& id : ids_meant_by(entry.id)) {
    const CheckResult* check = result_of(run, id);
    was_run = was_run || check != nullptr;
    if (find(id, today) != &entry) continue;  // another entry decides
    const bool has_its_own = std::any_of(entries_.begin(), entries_.end(),
                                         [&](const Expectation& other) { return other.id == id; });
    const bool stays = check == nullptr || holds(entry, *check);
    is_whole = is_whole && stays;
    Expectation part = entry;
    part.id = id;
    if (stays && (!has_its_own || entry.id == id)) parts += to_toml(part);
  }
  if (entry.has_expired(today) && was_run) return {};
  return is_whole ? to_toml(entry) : parts;
}

std::string Expectations::updated(const RunResult& run, std::string_view today) const {
  std::string text =
      "# What is known not to pass, and why. Written by e3 run --update-expectations; reasons are "
      "kept.\n";
  for (const Expectation& entry : entries_) text += kept(entry, run, today);
  for (const CheckResult& check : run.checks) {
    const Expectation* known = find(check.id, today);
    if (!can_be_expected(check.observed) || (known != nullptr && holds(*known, check))) continue;
    Expectation added{.id = check.id, .verdict = check.observed, .reason = new_reason(check)};
    const auto expired =
        std::find_if(entries_.begin(), entries_.end(), [&](const Expectation& entry) {
          return entry.has_expired(today) && selects(entry.id, check.id) && holds(entry, check);
        });
    if (expired != entries_.end()) {
      added.reason = expired->reason;
      added.issue = expired->issue;
    }
    text += to_toml(added);
  }
  return text;
}

}  // namespace e3
