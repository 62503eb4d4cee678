// SPDX-License-Identifier: MIT
// The whole run as one JSON document, or as one object per line: first the run, then a check at a
// time, at last the run again, with its counts.
#include "harness/report/formats.h"
#include "harness/report/json_objects.h"

namespace e3::report {
namespace {

std::string line(std::string_view type, nlohmann::json object) {
  object["type"] = type;
  return dumped(object) + "\n";
}

}  // namespace

std::string to_json(const RunResult& run) {
  nlohmann::json document = run_object(run);
  document["checks"] = nlohmann::json::array();
  for (const CheckResult& check : run.checks) {
    document["checks"].push_back(check_object(run, check));
  }
  return dumped(document, 2) + "\n";
}

std::string ndjson_first_lines(const RunResult& run) { return line("begin", run_object(run)); }

std::string ndjson_check_lines(const RunResult& run, const CheckResult& check) {
  return line("check", check_object(run, check));
}

std::string ndjson_last_lines(const RunResult& run) { return line("end", run_object(run)); }

}  // namespace e3::report
