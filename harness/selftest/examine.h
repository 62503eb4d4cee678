// SPDX-License-Identifier: MIT
// Whether the checks say of a server with known faults what must be said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/selftest/specimens.h"
#include "harness/world/engines/in_process_source.h"

namespace e3::selftest {

struct ExamineOptions {
  InProcessEngine engine = InProcessEngine::kSim;
  // Instead of in process, over TCP: a command that serves {server} on {port}; empty: none.
  std::string program = {};
  std::uint64_t seed = 42;
  std::vector<std::string> exclude = {};  // checks that are not run
};

struct Finding {
  std::map<std::string, std::vector<std::string>> found;  // what was to be found: cause, cases
  std::vector<std::string> wrong;                         // what is not as it must be
  std::vector<std::string> not_shown;                     // what this engine cannot show
  std::size_t run = 0;                                    // cases

  bool is_right() const { return wrong.empty(); }
};

// A correct server must pass every check that it is made for, and a null server none; of a mutant,
// only the checks that must find it are run.
Finding examine(const Specimen& specimen, const ExamineOptions& options);

}  // namespace e3::selftest
