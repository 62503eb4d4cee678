// SPDX-License-Identifier: MIT
#include "harness/cli/describe.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "harness/checks/catalogue.h"

namespace e3::cli {
namespace {

std::string needs_of(const Check& check) {
  std::string needs;
  if (check.needs.tcp) needs += " tcp";
  if (check.needs.http) needs += " http";
  return needs.empty() ? "nothing" : needs.substr(1);
}

void explain_cause(const Cause& cause) {
  fmt::print("{}\n  what      {}\n  usual fix {}\n  evidence  {}\n", cause.slug, cause.what,
             cause.fix, cause.evidence);
}

void explain_check(const Check& check) {
  fmt::print("{}\n  when      {}\n  must      {}\n  because   {}\n  needs     {}\n", check.id,
             check.when, check.must, check.because, needs_of(check));
  fmt::print("\nA failure points to:\n");
  for (const Blame& blame : check.blames) {
    const Cause* cause = find_cause(blame.cause);
    fmt::print("\n[{}] ", to_string(blame.symptom));
    if (cause != nullptr) explain_cause(*cause);
  }
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
                    {"needs", needs_of(*check)}});
  }
  fmt::print("{}\n", list.dump(2));
}

bool explain(std::string_view id) {
  if (const Check* check = find_check(id)) {
    explain_check(*check);
    return true;
  }
  if (const Cause* cause = find_cause(id)) {
    explain_cause(*cause);
    return true;
  }
  return false;
}

}  // namespace e3::cli
