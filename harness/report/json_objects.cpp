// SPDX-License-Identifier: MIT
#include "harness/report/json_objects.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include "harness/report/escape.h"
#include "harness/report/report.h"

namespace e3::report {
namespace {

using nlohmann::json;

double milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

json printable_list(const std::vector<std::string>& lines) {
  json list = json::array();
  for (const std::string& line : lines) list.push_back(printable(line));
  return list;
}

json failure_object(const Failure& failure) {
  return {{"point", printable(failure.point)},
          {"symptom", to_string(failure.violation.symptom)},
          {"cause", failure.cause},
          {"expected", printable(failure.violation.expected)},
          {"actual", printable(failure.violation.actual)},
          {"transcript", printable_list(failure.transcript)}};
}

json failure_list(const std::vector<Failure>& failures) {
  json list = json::array();
  for (const Failure& failure : failures) list.push_back(failure_object(failure));
  return list;
}

}  // namespace

json check_object(const RunResult& run, const CheckResult& result) {
  const Check& check = *result.check;
  return {{"id", printable(result.id)},
          {"when", check.when},
          {"must", check.must},
          {"because", check.because},
          {"level", to_string(result.level)},
          {"verdict", to_string(result.verdict)},
          {"answer_verdict", to_string(result.answer)},
          {"conn_verdict", to_string(result.connection)},
          {"ending", printable(result.ending)},
          {"reason", printable(result.reason)},
          {"points_run", result.points_run},
          {"points_total", result.points_total},
          {"unit", printable(result.unit)},
          {"failures", failure_list(result.failures)},
          {"warnings", failure_list(result.warnings)},
          {"notes", printable_list(result.notes)},
          {"duration_ms", milliseconds(result.duration)},
          {"replay", printable(replay_command(run, result))}};
}

json run_object(const RunResult& run) {
  utsname kernel{};
  uname(&kernel);
  const Counts counts = count(run);
  json causes = json::array();
  for (const CauseSummary& cause : causes_met(run)) {
    causes.push_back({{"slug", cause.slug}, {"checks", cause.checks}});
  }
  return {{"schema_version", kSchemaVersion},
          {"tool", "e3"},
          {"tool_version", E3_VERSION},
          {"target", printable(run.target)},
          {"engine", run.engine},
          {"remarks", printable_list(run.remarks)},
          {"profile", printable(run.profile)},
          {"seed", run.seed},
          {"transcript_hash", fmt::format("{:016x}", run.transcript_hash)},
          {"env", {{"kernel", fmt::format("{} {}", kernel.sysname, kernel.release)}}},
          {"selected", run.selected},
          {"complete", run.complete},
          {"unavailable", printable(run.unavailable)},
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
          {"duration_ms", milliseconds(run.duration)}};
}

std::string dumped(const json& value, int indent) {
  return value.dump(indent, ' ', false, json::error_handler_t::replace);
}

}  // namespace e3::report
