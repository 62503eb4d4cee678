// SPDX-License-Identifier: MIT
#include "harness/cli/describe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/checks/catalogue.h"
#include "harness/cli/topics.h"

namespace e3::cli {
namespace {

std::string needs_of(const Check& check) {
  std::vector<std::string_view> needs;
  const auto add = [&](bool needed, std::string_view what) {
    if (needed) needs.push_back(what);
  };
  add(check.needs.tcp, "tcp");
  add(check.needs.http, "http");
  add(check.needs.faults, "faults");
  add(check.needs.event_order, "event-order");
  add(check.needs.virtual_time, "virtual-time");
  return needs.empty() ? "nothing" : fmt::format("{}", fmt::join(needs, " "));
}

void explain_cause(const Cause& cause) {
  fmt::print("{}\n  what      {}\n  usual fix {}\n  evidence  {}\n", cause.slug, cause.what,
             cause.fix, cause.evidence);
}

// Each cause once, however many symptoms point to it.
void explain_blames(const Check& check) {
  std::vector<std::string_view> told;
  for (const Blame& blame : check.blames) {
    if (std::find(told.begin(), told.end(), blame.cause) != told.end()) continue;
    told.push_back(blame.cause);
    std::vector<std::string_view> symptoms;
    for (const Blame& other : check.blames) {
      if (other.cause == blame.cause) symptoms.push_back(to_string(other.symptom));
    }
    fmt::print("\n[{}] ", fmt::join(symptoms, ", "));
    if (const Cause* cause = find_cause(blame.cause)) explain_cause(*cause);
  }
}

void explain_case(const CheckCase& which, bool all_cases) {
  const Check& check = *which.check;
  const bool varies = check.variant_count > 0;
  fmt::print("{}\n  when      {}\n  must      {}\n  because   {}\n",
             all_cases ? std::string(check.id) : id_of(which), check.when, check.must,
             check.because);
  if (!all_cases || !varies) fmt::print("  level     {}\n", to_string(level_of(which)));
  if (!all_cases && varies) fmt::print("  written   {}\n", reference_of(which));
  fmt::print("  needs     {}\n", needs_of(check));
  if (all_cases && varies) {
    fmt::print("\nCases:\n");
    for (const CheckCase& each : cases_of(check)) {
      fmt::print("  {:<34} {:<7} {}\n", id_of(each), to_string(level_of(each)), reference_of(each));
    }
  }
  fmt::print("\nA failure points to:\n");
  explain_blames(check);
}

// As its most binding case is.
Level level_of(const Check& check) {
  Level most = Level::kMay;
  for (const CheckCase& each : cases_of(check)) most = std::min(most, e3::level_of(each));
  return most;
}

nlohmann::json list_of_cases(const Check& check) {
  nlohmann::json list = nlohmann::json::array();
  for (const CheckCase& each : cases_of(check)) {
    list.push_back({{"id", id_of(each)}, {"level", to_string(e3::level_of(each))}});
  }
  return list;
}

}  // namespace

void list_checks(bool as_json) {
  if (!as_json) {
    for (const Check* check : all_checks()) fmt::print("{:<32} {}\n", check->id, check->must);
    return;
  }
  nlohmann::json list = nlohmann::json::array();
  for (const Check* check : all_checks()) {
    list.push_back({{"id", check->id},
                    {"when", check->when},
                    {"must", check->must},
                    {"because", check->because},
                    {"level", to_string(level_of(*check))},
                    {"cases", list_of_cases(*check)},
                    {"needs", needs_of(*check)}});
  }
  fmt::print("{}\n", list.dump(2));
}

bool explain(std::string_view id) {
  if (const Check* check = find_check(id)) {
    explain_case({check, 0}, true);
    return true;
  }
  for (const Check* check : all_checks()) {
    for (const CheckCase& each : cases_of(*check)) {
      if (id_of(each) != id) continue;
      explain_case(each, false);
      return true;
    }
  }
  if (const Cause* cause = find_cause(id)) {
    explain_cause(*cause);
    return true;
  }
  for (const Topic& topic : topics()) {
    if (topic.name != id) continue;
    fmt::print("{}", topic.text);
    return true;
  }
  return false;
}

}  // namespace e3::cli
