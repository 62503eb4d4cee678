// SPDX-License-Identifier: MIT
// Workflow commands of GitHub Actions: each finding becomes an annotation of the run, and of the
// file that --shown-at names.
#include <fmt/format.h>

#include "harness/report/escape.h"
#include "harness/report/formats.h"
#include "harness/report/report.h"

namespace e3::report {
namespace {

// A server's bytes must not end the command or begin another one.
std::string data(std::string_view text) {
  std::string result;
  for (const char c : without_commands(printable(text))) {
    if (c == '%') {
      result += "%25";
    } else if (c == '\n') {
      result += "%0A";
    } else {
      result += c;
    }
  }
  return result;
}

std::string property(std::string_view text) {
  std::string result;
  for (const char c : data(text)) {
    if (c == ':') {
      result += "%3A";
    } else if (c == ',') {
      result += "%2C";
    } else {
      result += c;
    }
  }
  return result;
}

std::string annotation(std::string_view kind, const RunResult& run, std::string_view title,
                       std::string_view message) {
  const std::string file =
      run.shown_at.empty() ? "" : fmt::format("file={},line=1,", property(run.shown_at));
  return fmt::format("::{} {}title={}::{}\n", kind, file, property(title), data(message));
}

}  // namespace

std::string github_first_lines(const RunResult& /*run*/) { return {}; }

std::string github_check_lines(const RunResult& run, const CheckResult& check) {
  const bool warned = check.verdict == Verdict::kWarn;
  if (!warned && !is_failure(check.verdict)) return {};
  const std::string message = fmt::format("{}\nmust: {}\nReproduce: {}", headline(check),
                                          check.check->must, replay_command(run, check));
  return annotation(warned ? "warning" : "error", run,
                    fmt::format("e3: {} {}", to_string(check.verdict), check.id), message);
}

std::string github_last_lines(const RunResult& run) {
  if (!run.unavailable.empty()) return annotation("error", run, "e3", run.unavailable);
  const Counts counts = count(run);
  return annotation(
      "notice", run, "e3",
      fmt::format("{} tests, {} passed, {} failed, {} warned, {} skipped", counts.total,
                  counts.passed, counts.failed, counts.warned, counts.skipped));
}

}  // namespace e3::report
