// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "harness/report/report.h"

namespace e3::report {

Counts count(const RunResult& result) {
  Counts counts;
  for (const CheckResult& check : result.checks) {
    ++counts.total;
    switch (check.verdict) {
      case Verdict::kPass:
        ++counts.passed;
        break;
      case Verdict::kWarn:
        ++counts.warned;
        break;
      case Verdict::kExpectedFail:
        ++counts.expected;
        break;
      case Verdict::kFail:
      case Verdict::kCrash:
      case Verdict::kTimeout:
      case Verdict::kUnexpectedPass:
        ++counts.failed;
        break;
      case Verdict::kInconclusive:
        ++counts.inconclusive;
        break;
      case Verdict::kError:
        ++counts.errors;
        break;
      case Verdict::kSkip:
      case Verdict::kNotApplicable:
        ++counts.skipped;
        break;
    }
  }
  return counts;
}

std::vector<CauseSummary> causes_met(const RunResult& result) {
  std::vector<CauseSummary> met;
  for (const CheckResult& check : result.checks) {
    for (const Failure& failure : check.failures) {
      auto cause = std::find_if(met.begin(), met.end(),
                                [&](const CauseSummary& c) { return c.slug == failure.cause; });
      if (cause == met.end()) cause = met.insert(met.end(), {failure.cause, {}});
      if (cause->checks.empty() || cause->checks.back() != check.id) {
        cause->checks.push_back(check.id);
      }
    }
  }
  return met;
}

std::string replay_command(const RunResult& result, const CheckResult& check) {
  // A shell would take the brackets of a variant for a pattern.
  const bool plain = check.id.find('[') == std::string::npos;
  return fmt::format("e3 run {}{}{} --profile {} --seed {}{}", plain ? "" : "'", check.id,
                     plain ? "" : "'", result.profile, result.seed, result.target_arguments);
}

void write_file(const std::string& path, const std::string& content) {
  const std::string temporary = path + ".partial";
  std::FILE* file = std::fopen(temporary.c_str(), "w");
  bool written = file != nullptr;
  if (written) written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  int error = errno;
  if (file != nullptr && std::fclose(file) != 0) {
    if (written) error = errno;
    written = false;
  }
  if (written && std::rename(temporary.c_str(), path.c_str()) == 0) return;
  if (written) error = errno;
  std::remove(temporary.c_str());
  throw std::system_error(error, std::generic_category(), fmt::format("cannot write {}", path));
}

}  // namespace e3::report
