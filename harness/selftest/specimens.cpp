// SPDX-License-Identifier: MIT
#include "harness/selftest/specimens.h"

#include "harness/checks/catalogue.h"
#include "harness/mutants/http_bug.h"
#include "harness/mutants/tiny_server.h"

namespace e3::selftest {
namespace {

Kind kind_of(mutants::Bug bug) {
  if (mutants::is_correct(bug)) return Kind::kCorrect;
  return mutants::is_null_server(bug) ? Kind::kNull : Kind::kMutant;
}

// Of servers that keep their connections.
std::vector<const Check*> persistent_checks() {
  std::vector<const Check*> checks = http_message_checks();
  for (const Check& check : reuse_checks()) checks.push_back(&check);
  return checks;
}

std::vector<Specimen> make_specimens() {
  std::vector<Specimen> all;
  for (const auto& [bug, name] : mutants::bug_names()) {
    all.push_back({.name = std::string(name),
                   .kind = kind_of(bug),
                   .serve = [bug = bug](std::uint16_t port) { mutants::serve_tiny(bug, port); },
                   .checks = base_checks});
  }
  for (const auto& [bug, name] : mutants::http_bug_names()) {
    all.push_back(
        {.name = std::string(name),
         .kind = bug == mutants::HttpBug::kNone ? Kind::kCorrect : Kind::kMutant,
         .serve = [bug = bug](std::uint16_t port) { mutants::serve_http_mutant(bug, port); },
         .checks = bug == mutants::HttpBug::kNone ? persistent_checks : all_checks});
  }
  for (Specimen& specimen : all) {
    if (specimen.kind == Kind::kNull) specimen.checks = all_checks;
    for (const Kill& kill : kills()) {
      if (kill.server == specimen.name) specimen.kills.push_back(kill);
    }
  }
  return all;
}

}  // namespace

std::string_view to_string(Kind kind) {
  if (kind == Kind::kCorrect) return "correct";
  return kind == Kind::kMutant ? "mutant" : "null";
}

const std::vector<Specimen>& specimens() {
  static const auto& all = *new std::vector<Specimen>(make_specimens());  // never destroyed
  return all;
}

}  // namespace e3::selftest
