// SPDX-License-Identifier: MIT
// Switches on the mistake of the simulated kernel that E3_KERNEL_MUTANT names, before anything
// runs.
#include "kernel/mutation.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

[[maybe_unused]] const bool switched_on = [] {
  const char* const name = std::getenv("E3_KERNEL_MUTANT");
  if (name == nullptr) return false;
  for (const e3::sim::MutationEntry& entry : e3::sim::kMutations) {
    if (entry.name != std::string_view(name)) continue;
    e3::sim::active_mutation = entry.mutation;
    return true;
  }
  std::fprintf(stderr, "there is no mutant of the kernel '%s'\n", name);
  std::exit(2);
}();

}  // namespace
