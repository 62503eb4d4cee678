// SPDX-License-Identifier: MIT
#include "harness/report/past_run.h"

#include <fmt/format.h>

#include <fstream>
#include <ios>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "harness/checks/verdict.h"
#include "harness/report/json_objects.h"

namespace e3::report {
namespace {

using nlohmann::json;

PastCheck past_check(const json& check) {
  PastCheck past{.id = check.at("id").get<std::string>(),
                 .verdict = check.at("verdict").get<std::string>(),
                 .said = check.value("reason", "")};
  const json& failures = check.at("failures");
  const json& told = failures.empty() ? check.at("warnings") : failures;
  if (told.empty()) return past;
  const json& first = told.front();
  past.said =
      fmt::format("{} at {}: expected {}; got {}", first.at("cause").get<std::string>(),
                  first.at("point").get<std::string>(), first.at("expected").get<std::string>(),
                  first.at("actual").get<std::string>());
  return past;
}

std::string why_cut_short(const json& document) {
  const std::string unavailable = document.value("unavailable", "");
  if (!unavailable.empty()) return fmt::format("had no server: {}", unavailable);
  return document.at("complete").get<bool>() ? "" : "did not come to its end";
}

}  // namespace

PastRun read_run(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::invalid_argument(fmt::format("cannot read {}", path));
  try {
    const json document = json::parse(file);
    if (document.at("schema_version") != kSchemaVersion) {
      throw std::invalid_argument(
          fmt::format("{} is a report of schema version {}; this e3 reads {}", path,
                      document.at("schema_version").dump(), kSchemaVersion));
    }
    PastRun run{.path = path,
                .target = document.at("target").get<std::string>(),
                .profile = document.at("profile").get<std::string>(),
                .tool_version = document.at("tool_version").get<std::string>(),
                .seed = document.at("seed").dump(),
                .checks = {},
                .cut_short = why_cut_short(document)};
    for (const json& check : document.at("checks")) run.checks.push_back(past_check(check));
    return run;
  } catch (const std::ios_base::failure&) {  // of a folder
    throw std::invalid_argument(fmt::format("cannot read {}", path));
  } catch (const json::exception& error) {
    throw std::invalid_argument(
        fmt::format("{} is no JSON report of e3 (e3 run --report json=PATH makes one): {}", path,
                    error.what()));
  }
}

bool failed(const PastCheck& check) {
  const std::optional<Verdict> known = verdict_named(check.verdict);
  return !known || is_failure(*known);
}

}  // namespace e3::report
