// SPDX-License-Identifier: MIT
#include "harness/report/comparison.h"

#include <algorithm>

namespace e3::report {
namespace {

const PastCheck* find(const PastRun& run, const std::string& id) {
  const auto found = std::find_if(run.checks.begin(), run.checks.end(),
                                  [&](const PastCheck& check) { return check.id == id; });
  return found == run.checks.end() ? nullptr : &*found;
}

Change change_of(const PastCheck& before, const PastCheck& after) {
  if (failed(after)) return failed(before) ? Change::kBad : Change::kBroken;
  if (failed(before)) return Change::kMended;
  return before.verdict == after.verdict ? Change::kSame : Change::kChanged;
}

// Where the first run was cut short, a check that it lacks need not be a new one.
Change change_of_added(const PastRun& before, const PastCheck& after) {
  return failed(after) && !before.cut_short.empty() ? Change::kBroken : Change::kAdded;
}

}  // namespace

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
         .change = then == nullptr ? change_of_added(before, now) : change_of(*then, now),
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
