// SPDX-License-Identifier: MIT
#include "harness/report/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/checks/verdict.h"
#include "harness/report/json_objects.h"

namespace e3::report {
namespace {

using nlohmann::json;

PastCheck past_check(const json& check) {
  PastCheck past{.id = check.at("id").get<std::string>(),
                 .verdict = check.at("verdict").get<std::string>(),
                 .said = check.value("reason", "")};
  const json& failures = check.at("failures");
  if (failures.empty()) return past;
  const json& first = failures.front();
  past.said =
      fmt::format("{} at {}: expected {}; got {}", first.at("cause").get<std::string>(),
                  first.at("point").get<std::string>(), first.at("expected").get<std::string>(),
                  first.at("actual").get<std::string>());
  return past;
}

// What e3 does not know, a newer one wrote: better taken for a failure than overlooked.
bool fails(const std::string& verdict) {
  const std::optional<Verdict> known = verdict_named(verdict);
  return !known || is_failure(*known);
}

const PastCheck* find(const PastRun& run, const std::string& id) {
  const auto found = std::find_if(run.checks.begin(), run.checks.end(),
                                  [&](const PastCheck& check) { return check.id == id; });
  return found == run.checks.end() ? nullptr : &*found;
}

Change change_of(const std::string& before, const std::string& after) {
  if (fails(after)) return fails(before) ? Change::kBad : Change::kBroken;
  if (fails(before)) return Change::kMended;
  return before == after ? Change::kSame : Change::kChanged;
}

}  // namespace

PastRun read_run(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::invalid_argument(fmt::format("cannot read {}", path));
  try {
    const json document = json::parse(file);
    if (document.at("schema_version") != kSchemaVersion) {
      throw std::invalid_argument(
          fmt::format("{} is a report of schema version {}; this e3 reads {}", path,
                      document.at("schema_version").dump(), kSchemaVersion));
    }
    PastRun run{.path = path,
                .target = document.at("target").get<std::string>(),
                .profile = document.at("profile").get<std::string>(),
                .tool_version = document.at("tool_version").get<std::string>(),
                .seed = document.at("seed").dump(),
                .checks = {}};
    for (const json& check : document.at("checks")) run.checks.push_back(past_check(check));
    return run;
  } catch (const json::exception& error) {
    throw std::invalid_argument(
        fmt::format("{} is no JSON report of e3 (e3 run --report json=PATH makes one): {}", path,
                    error.what()));
  }
}

std::string_view to_string(Change change) {
  switch (change) {
    case Change::kBroken:
      return "newly failing";
    case Change::kMended:
      return "mended";
    case Change::kBad:
      return "still failing";
    case Change::kChanged:
      return "changed";
    case Change::kAdded:
      return "only in the second";
    case Change::kRemoved:
      return "only in the first";
    case Change::kSame:
      return "as before";
  }
  return "unknown";
}

std::vector<ComparedCheck> compare(const PastRun& before, const PastRun& after) {
  std::vector<ComparedCheck> checks;
  for (const PastCheck& now : after.checks) {
    const PastCheck* then = find(before, now.id);
    checks.push_back(
        {.id = now.id,
         .change = then == nullptr ? Change::kAdded : change_of(then->verdict, now.verdict),
         .before = then == nullptr ? "" : then->verdict,
         .after = now.verdict,
         .said = now.said});
  }
  for (const PastCheck& then : before.checks) {
    if (find(after, then.id) != nullptr) continue;
    checks.push_back({.id = then.id,
                      .change = Change::kRemoved,
                      .before = then.verdict,
                      .after = "",
                      .said = then.said});
  }
  std::stable_sort(
      checks.begin(), checks.end(),
      [](const ComparedCheck& a, const ComparedCheck& b) { return a.change < b.change; });
  return checks;
}

std::size_t count(const std::vector<ComparedCheck>& checks, Change change) {
  return static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(),
                    [&](const ComparedCheck& check) { return check.change == change; }));
}

}  // namespace e3::report
