// SPDX-License-Identifier: MIT
// How a fuzz target ends when a property does not hold: one line that says which, then abort(3),
// which libFuzzer and the replay program both take for a crash.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace e3::fuzz {

[[noreturn]] inline void report_finding(std::string_view property, std::string_view detail = {}) {
  std::fprintf(stderr, "finding: %.*s %.*s\n", static_cast<int>(property.size()), property.data(),
               static_cast<int>(detail.size()), detail.data());
  std::abort();
}

inline void require(bool holds, std::string_view property, std::string_view detail = {}) {
  if (!holds) report_finding(property, detail);
}

}  // namespace e3::fuzz
