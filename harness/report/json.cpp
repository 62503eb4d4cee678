// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <sys/utsname.h>

#include <nlohmann/json.hpp>

#include "harness/report/report.h"

namespace e3::report {
namespace {

using nlohmann::json;

double milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

json failure_to_json(const Failure& failure) {
  return {{"point", failure.point},
          {"symptom", to_string(failure.violation.symptom)},
          {"cause", failure.cause},
          {"expected", failure.violation.expected},
          {"actual", failure.violation.actual},
          {"transcript", failure.transcript}};
}

json check_to_json(const RunResult& run, const CheckResult& result) {
  const Check& check = *result.check;
  json failures = json::array();
  for (const Failure& failure : result.failures) failures.push_back(failure_to_json(failure));
  json warnings = json::array();
  for (const Failure& warning : result.warnings) warnings.push_back(failure_to_json(warning));
  return {{"id", result.id},
          {"when", check.when},
          {"must", check.must},
          {"because", check.because},
          {"level", to_string(result.level)},
          {"verdict", to_string(result.verdict)},
          {"answer_verdict", to_string(result.answer)},
          {"conn_verdict", to_string(result.connection)},
          {"ending", result.ending},
          {"reason", result.reason},
          {"points_run", result.points_run},
          {"points_total", result.points_total},
          {"unit", result.unit},
          {"failures", failures},
          {"warnings", warnings},
          {"notes", result.notes},
          {"duration_ms", milliseconds(result.duration)},
          {"replay", replay_command(run, result)}};
}

}  // namespace

std::string to_json(const RunResult& result) {
  utsname kernel{};
  uname(&kernel);
  const Counts counts = count(result);
  json checks = json::array();
  for (const CheckResult& check : result.checks) checks.push_back(check_to_json(result, check));
  json causes = json::array();
  for (const CauseSummary& cause : causes_met(result)) {
    causes.push_back({{"slug", cause.slug}, {"checks", cause.checks}});
  }
  const json document = {
      {"schema_version", 1},
      {"tool", "e3"},
      {"tool_version", E3_VERSION},
      {"target", result.target},
      {"engine", result.engine},
      {"remarks", result.remarks},
      {"profile", result.profile},
      {"seed", result.seed},
      {"transcript_hash", fmt::format("{:016x}", result.transcript_hash)},
      {"env", {{"kernel", fmt::format("{} {}", kernel.sysname, kernel.release)}}},
      {"complete", result.complete},
      {"unavailable", result.unavailable},
      {"summary",
       {{"tests", counts.total},
        {"passed", counts.passed},
        {"warned", counts.warned},
        {"expected", counts.expected},
        {"failed", counts.failed},
        {"inconclusive", counts.inconclusive},
        {"errors", counts.errors},
        {"skipped", counts.skipped}}},
      {"causes", causes},
      {"checks", checks},
      {"duration_ms", milliseconds(result.duration)}};
  // A hostile server's bytes are already escaped; anything else invalid is replaced, not thrown.
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace e3::report
