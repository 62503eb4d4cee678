// SPDX-License-Identifier: MIT
#include "harness/cli/repeat_count.h"

#include <fmt/format.h>

#include <vector>

namespace e3::cli {

void RepeatCount::add(const RunResult& result) {
  ++runs_;
  for (const CheckResult& check : result.checks) ++verdicts_[check.id][check.verdict];
}

std::string RepeatCount::table() const {
  std::string text;
  std::size_t flaky = 0;
  for (const auto& [id, counts] : verdicts_) {
    if (counts.size() < 2) continue;
    ++flaky;
    std::vector<std::string> parts;
    for (const auto& [verdict, count] : counts) {
      parts.push_back(fmt::format("{} {}", count, to_string(verdict)));
    }
    text += fmt::format("flaky {:<40} {}\n", id, fmt::join(parts, ", "));
  }
  return text + fmt::format("{} runs, {} flaky\n", runs_, flaky);
}

}  // namespace e3::cli
