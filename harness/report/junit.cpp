// SPDX-License-Identifier: MIT
// JUnit XML in the dialect of Jenkins' xUnit plugin (junit-10.xsd) and Surefire: one test suite for
// each family. That dialect has no properties on a test case and counts no skips on the root.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <string>

#include "harness/report/escape.h"
#include "harness/report/formats.h"
#include "harness/report/report.h"

namespace e3::report {
namespace {

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

std::string element(std::string_view name, std::string_view type, const std::string& message,
                    const std::string& text) {
  return fmt::format("      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n", name, type,
                     markup_attribute(message), markup_text(text));
}

std::string outcome_element(const RunResult& run, const CheckResult& result) {
  const std::string_view verdict = to_string(result.verdict);
  switch (outcome_of(result.verdict)) {
    case Outcome::kFailed:
      return element("failure", verdict, headline(result), explanation(run, result));
    case Outcome::kError:
      return element("error", verdict, headline(result), explanation(run, result));
    case Outcome::kSkipped:
      return element("skipped", result.verdict == Verdict::kExpectedFail ? "xfail" : verdict,
                     headline(result), {});
    case Outcome::kPassed:
      break;
  }
  if (result.verdict != Verdict::kWarn) return {};
  return fmt::format("      <system-out>verdict: WARN\n{}</system-out>\n",
                     markup_text(explanation(run, result)));
}

std::string property(std::string_view name, std::string_view value) {
  return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, markup_attribute(value));
}

std::string properties(const RunResult& run) {
  return "    <properties>\n" + property("target", run.target) + property("engine", run.engine) +
         property("profile", run.profile) + property("seed", fmt::format("{}", run.seed)) +
         property("trace_hash", fmt::format("{:016x}", run.transcript_hash)) +
         property("complete", run.complete ? "true" : "false") +
         property("unavailable", run.unavailable) + "    </properties>\n";
}

std::string suite_element(const RunResult& run, std::string_view family, std::size_t number) {
  std::vector<CheckResult> part;
  std::string cases;
  std::chrono::nanoseconds duration{0};
  for (const CheckResult& result : run.checks) {
    if (family_of(result.id) != family) continue;
    part.push_back(result);
    duration += result.duration;
    cases += fmt::format(
        "    <testcase classname=\"e3.{}\" name=\"{}\" time=\"{:.6f}\">\n{}"
        "    </testcase>\n",
        markup_attribute(family), markup_attribute(result.id), seconds(result.duration),
        outcome_element(run, result));
  }
  const Counts counts = count(part);
  const std::time_t now = std::time(nullptr);
  return fmt::format(
      "  <testsuite name=\"e3.{0}\" package=\"e3.{0}\" id=\"{1}\" tests=\"{2}\" failures=\"{3}\" "
      "errors=\"{4}\" skipped=\"{5}\" time=\"{6:.6f}\" timestamp=\"{7:%Y-%m-%dT%H:%M:%S}\" "
      "hostname=\"{8}\">\n{9}{10}  </testsuite>\n",
      markup_attribute(family), number, counts.total, counts.failed,
      counts.errors + counts.inconclusive, counts.skipped + counts.expected, seconds(duration),
      fmt::gmtime(now), markup_attribute(host_name()), properties(run), cases);
}

// A run without a single result, such as one whose target never came up, says why.
std::string unavailable_suite(const RunResult& run) {
  return fmt::format(
      "  <testsuite name=\"e3\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
      "{}    <testcase classname=\"e3\" name=\"target\" time=\"0.000000\">\n{}"
      "    </testcase>\n  </testsuite>\n",
      properties(run), element("error", "UNAVAILABLE", run.unavailable, {}));
}

}  // namespace

std::string to_junit(const RunResult& run) {
  std::string suites;
  std::size_t number = 0;
  for (const std::string_view family : families_met(run)) {
    suites += suite_element(run, family, number++);
  }
  Counts counts = count(run);
  if (!run.unavailable.empty()) {
    suites += unavailable_suite(run);
    ++counts.total;
    ++counts.errors;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"e3\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.6f}\">\n"
      "{}</testsuites>\n",
      counts.total, counts.failed, counts.errors + counts.inconclusive, seconds(run.duration),
      suites);
}

}  // namespace e3::report
