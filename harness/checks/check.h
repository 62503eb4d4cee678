// SPDX-License-Identifier: MIT
// A check: a family of scenarios with an obligation and a reason, declared as data.
#pragma once

#include <span>
#include <string_view>

#include "harness/invariants/invariants.h"

namespace e3 {

class Session;

// What a check cannot do without; where the world lacks it, the verdict is SKIP with the reason.
struct Needs {
  bool tcp = false;
  bool http = false;  // the profile speaks HTTP
};

// Which cause a symptom points to in this check.
struct Blame {
  Symptom symptom;
  std::string_view cause;  // a slug of causes()
};

struct Check {
  std::string_view id;       // never reused or renamed; see registry.txt
  std::string_view when;     // what the peers do
  std::string_view must;     // what the server owes
  std::string_view because;  // the reason, with its source
  Needs needs;
  std::span<const Blame> blames;
  void (*run)(Session& session);
};

// A bug class: what a failing check points to.
struct Cause {
  std::string_view slug;
  std::string_view what;      // one sentence
  std::string_view evidence;  // public issues that show it
  std::string_view fix;       // what usually mends it
};

std::span<const Cause> causes();
const Cause* find_cause(std::string_view slug);

}  // namespace e3
