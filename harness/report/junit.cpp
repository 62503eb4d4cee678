// SPDX-License-Identifier: MIT
// JUnit XML in the dialect of Surefire and Jenkins: one test suite for each family.
#include <fmt/format.h>

#include <string>

#include "harness/report/report.h"

namespace e3::report {
namespace {

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

// For text and attributes alike. XML 1.0 has no way to write most control characters, and bytes
// above 127 may not be UTF-8.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\n':
        result += "&#10;";
        break;
      default:
        if (c >= 0x20 && c < 0x7f) {
          result += c;
        } else {
          result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
  }
  return result;
}

std::string_view family_of(std::string_view id) { return id.substr(0, id.find('.')); }

std::string failure_element(const RunResult& run, const CheckResult& result) {
  const Failure& first = result.failures.front();
  std::string text =
      fmt::format("must: {}\nbecause: {}\n", result.check->must, result.check->because);
  for (const Failure& failure : result.failures) {
    text += fmt::format("\n{}: {}\n  expected: {}\n  actual:   {}\n", failure.point, failure.cause,
                        failure.violation.expected, failure.violation.actual);
  }
  text += "\ntranscript of the first:\n";
  for (const std::string& line : first.transcript) text += line + "\n";
  text += fmt::format("\nReproduce: {}\n", replay_command(run, result));
  return fmt::format(R"(      <failure type="{}" message="{}">{}</failure>)"
                     "\n",
                     to_string(result.verdict),
                     escaped(fmt::format("{} at {}: expected {}; got {}", first.cause, first.point,
                                         first.violation.expected, first.violation.actual)),
                     escaped(text));
}

std::string warning_elements(const CheckResult& result) {
  std::string text;
  for (const Failure& warning : result.warnings) {
    text += fmt::format("{}: expected {}; got {}\n", warning.cause, warning.violation.expected,
                        warning.violation.actual);
  }
  return fmt::format(
      "      <properties><property name=\"verdict\" value=\"WARN\"/></properties>\n"
      "      <system-out>{}</system-out>\n",
      escaped(text));
}

std::string outcome_element(const RunResult& run, const CheckResult& result) {
  switch (result.verdict) {
    case Verdict::kPass:
      return {};
    case Verdict::kWarn:
      return warning_elements(result);
    case Verdict::kUnexpectedPass:
      return fmt::format("      <failure type=\"XPASS\" message=\"{}\"/>\n",
                         escaped(result.reason));
    case Verdict::kExpectedFail:
      return fmt::format("      <skipped type=\"xfail\" message=\"{}\"/>\n",
                         escaped(result.reason));
    case Verdict::kFail:
    case Verdict::kCrash:
    case Verdict::kTimeout:
      return failure_element(run, result);
    case Verdict::kSkip:
    case Verdict::kNotApplicable:
      return fmt::format("      <skipped message=\"{}\"/>\n", escaped(result.reason));
    case Verdict::kInconclusive:
    case Verdict::kError:
      return fmt::format("      <error type=\"{}\" message=\"{}\"/>\n", to_string(result.verdict),
                         escaped(result.reason));
  }
  return {};
}

std::string suite_element(const RunResult& run, std::string_view family) {
  RunResult part;  // the same counting rules for the part as for the whole
  std::string cases;
  std::chrono::nanoseconds duration{0};
  for (const CheckResult& result : run.checks) {
    if (family_of(result.check->id) != family) continue;
    part.checks.push_back(result);
    duration += result.duration;
    cases += fmt::format(
        "    <testcase classname=\"e3.{}\" name=\"{}\" time=\"{:.6f}\">\n{}"
        "    </testcase>\n",
        family, escaped(result.id), seconds(result.duration), outcome_element(run, result));
  }
  const Counts counts = count(part);
  return fmt::format(
      "  <testsuite name=\"e3.{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
      "time=\"{:.6f}\">\n"
      "    <properties>\n"
      "      <property name=\"target\" value=\"{}\"/>\n"
      "      <property name=\"seed\" value=\"{}\"/>\n"
      "      <property name=\"trace_hash\" value=\"{:016x}\"/>\n"
      "    </properties>\n{}  </testsuite>\n",
      family, counts.total, counts.failed, counts.errors + counts.inconclusive, counts.skipped,
      seconds(duration), escaped(run.target), run.seed, run.transcript_hash, cases);
}

}  // namespace

std::string to_junit(const RunResult& result) {
  std::string suites;
  std::string_view last_family;
  for (const CheckResult& check : result.checks) {
    const std::string_view family = family_of(check.check->id);
    if (family != last_family) suites += suite_element(result, family);
    last_family = family;
  }
  const Counts counts = count(result);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"e3\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
      "time=\"{:.6f}\">\n{}</testsuites>\n",
      counts.total, counts.failed, counts.errors + counts.inconclusive, counts.skipped,
      seconds(result.duration), suites);
}

}  // namespace e3::report
