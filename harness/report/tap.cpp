// SPDX-License-Identifier: MIT
// Test Anything Protocol 14: the plan first, so that a run cut short is seen to be short. What a
// failure says is a YAML block whose values are JSON strings, which YAML reads as they are.
#include <fmt/format.h>

#include "harness/report/escape.h"
#include "harness/report/formats.h"
#include "harness/report/json_objects.h"
#include "harness/report/report.h"

namespace e3::report {
namespace {

// '#' would begin a directive.
std::string description(std::string_view text) {
  std::string result;
  for (const char c : one_line(text)) {
    if (c == '#' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string directive(const CheckResult& check) {
  switch (check.verdict) {
    case Verdict::kExpectedFail:
      return fmt::format(" # TODO {}", description(headline(check)));
    case Verdict::kSkip:
    case Verdict::kNotApplicable:
      return fmt::format(" # SKIP {}", description(headline(check)));
    default:
      return {};
  }
}

std::string diagnostics(const RunResult& run, const CheckResult& check) {
  const auto value = [](std::string_view text) {
    return dumped(without_commands(printable(text)));
  };
  std::string block = fmt::format("  ---\n  verdict: {}\n  message: {}\n",
                                  value(to_string(check.verdict)), value(headline(check)));
  block += fmt::format("  must: {}\n  reproduce: {}\n", value(check.check->must),
                       value(replay_command(run, check)));
  if (!check.failures.empty()) {
    block += "  transcript:\n";
    for (const std::string& line : check.failures.front().transcript) {
      block += fmt::format("    - {}\n", value(line));
    }
  }
  return block + "  ...\n";
}

}  // namespace

std::string tap_first_lines(const RunResult& run) {
  return fmt::format("TAP version 14\n1..{}\n# target: {}\n# seed: {}\n", run.selected,
                     one_line(run.target), run.seed);
}

std::string tap_check_lines(const RunResult& run, const CheckResult& check) {
  const Outcome outcome = outcome_of(check.verdict);
  const bool good = outcome == Outcome::kPassed ||
                    (outcome == Outcome::kSkipped && check.verdict != Verdict::kExpectedFail);
  std::string lines = fmt::format("{} {} - {}{}\n", good ? "ok" : "not ok", run.checks.size(),
                                  description(check.id), directive(check));
  const bool explained = !good || check.verdict == Verdict::kWarn;
  return explained ? lines + diagnostics(run, check) : lines;
}

std::string tap_last_lines(const RunResult& run) {
  if (run.complete) return {};
  const std::string why = run.unavailable.empty() ? "the run was cut short" : run.unavailable;
  return fmt::format("Bail out! {}\n", one_line(why));
}

}  // namespace e3::report
