// SPDX-License-Identifier: MIT
// A check: a family of scenarios with an obligation and a reason, declared as data.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/checks/verdict.h"
#include "harness/invariants/invariants.h"

namespace e3 {

class Session;

// What a check cannot do without; where the world lacks it, the verdict is SKIP with the reason.
struct Needs {
  bool tcp = false;
  bool http = false;          // the profile speaks HTTP
  bool faults = false;        // calls of the target that fail
  bool event_order = false;   // a choice among ready events
  bool virtual_time = false;  // minutes that cost nothing
  bool process = false;       // a program that e3 has started
};

// Which cause a symptom points to in this check.
struct Blame {
  Symptom symptom;
  std::string_view cause;      // a slug of causes()
  bool without_event = false;  // of a spin: not where each wait ends with an event
  bool while_open = false;     // of an answer that is missing: only where the connection stays open
};

// One of several cases of a check, reported by itself as "id[name]".
struct Variant {
  std::string_view name;  // never reused or renamed, as an id
  Level level = Level::kMust;
  std::string_view reference;  // where the obligation is written: "RFC 9112, section 2.3"
};

struct Check {
  std::string_view id;       // never reused or renamed; see registry.txt
  std::string_view when;     // what the peers do
  std::string_view must;     // what the server owes
  std::string_view because;  // the reason, with its source
  Needs needs;
  std::span<const Blame> blames;
  void (*run)(Session& session);
  Level level = Level::kMust;
  // A check with variants is run once for each; Session::variant() says which.
  std::size_t variant_count = 0;
  Variant (*variant)(std::size_t index) = nullptr;
};

// What is selected, run and reported: a check, or one variant of it.
struct CheckCase {
  const Check* check = nullptr;
  std::size_t variant = 0;
};

std::vector<CheckCase> cases_of(const Check& check);
std::string id_of(const CheckCase& which);  // "family.name" or "family.name[variant]"
Level level_of(const CheckCase& which);
// Where the obligation is written, beyond the check's `because`; may be empty.
std::string_view reference_of(const CheckCase& which);

// A bug class: what a failing check points to.
struct Cause {
  std::string_view slug;
  std::string_view what;      // one sentence
  std::string_view evidence;  // public issues that show it
  std::string_view fix;       // what usually mends it
};

std::span<const Cause> http_causes();
const std::vector<Cause>& causes();  // all of them
const Cause* find_cause(std::string_view slug);
// What a symptom points to in this check.
std::string_view cause_of(const Check& check, const Violation& violation);
// The same for a symptom that no check expects.
std::string_view usual_cause_of(Symptom symptom);

}  // namespace e3
