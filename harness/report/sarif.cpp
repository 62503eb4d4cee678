// SPDX-License-Identifier: MIT
// SARIF 2.1.0 (OASIS): each check is a rule, each one that failed or warned a result.
#include <fmt/format.h>

#include <string>

#include "harness/report/escape.h"
#include "harness/report/formats.h"
#include "harness/report/json_objects.h"
#include "harness/report/report.h"

namespace e3::report {
namespace {

using nlohmann::json;

json text(std::string_view content) { return {{"text", printable(content)}}; }

// A path as a relative reference (RFC 3986).
std::string uri_of(std::string_view path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  std::string uri;
  for (const char c : path) {
    uri += kPlain.find(c) != kPlain.npos ? std::string(1, c)
                                         : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

// Code scanning takes no result without a place: the file that --shown-at names, else one that
// stands for the server.
json location(const RunResult& run, const CheckResult& check) {
  const std::string place = run.shown_at.empty() ? "server-under-test" : run.shown_at;
  return {{"physicalLocation",
           {{"artifactLocation", {{"uri", uri_of(place)}}}, {"region", {{"startLine", 1}}}}},
          {"logicalLocations",
           json::array({{{"fullyQualifiedName", printable(check.id)}, {"kind", "module"}}})}};
}

json rule(const CheckResult& check) {
  json help = text(fmt::format("{}\n\nwhen: {}\nbecause: {}", check.check->must, check.check->when,
                               check.check->because));
  return {{"id", printable(check.id)},
          {"shortDescription", text(check.check->must)},
          {"fullDescription",
           text(fmt::format("When {}, the server must {}.", check.check->when, check.check->must))},
          {"help", help},
          {"defaultConfiguration", {{"level", check.level == Level::kMust ? "error" : "warning"}}},
          {"properties", {{"tags", json::array({family_of(check.id), to_string(check.level)})}}}};
}

json finding(const RunResult& run, const CheckResult& check, std::size_t rule_index) {
  return {{"ruleId", printable(check.id)},
          {"ruleIndex", rule_index},
          {"level", is_failure(check.verdict) ? "error" : "warning"},
          {"message", text(fmt::format("{}: {}\nReproduce: {}", to_string(check.verdict),
                                       headline(check), replay_command(run, check)))},
          {"locations", json::array({location(run, check)})},
          {"partialFingerprints", {{"e3Check/v1", printable(check.id)}}},
          {"properties", {{"verdict", to_string(check.verdict)}}}};
}

}  // namespace

std::string to_sarif(const RunResult& run) {
  json rules = json::array();
  json results = json::array();
  for (const CheckResult& check : run.checks) {
    rules.push_back(rule(check));
    if (!is_failure(check.verdict) && check.verdict != Verdict::kWarn) continue;
    results.push_back(finding(run, check, rules.size() - 1));
  }
  json invocation = {{"executionSuccessful", run.complete}};
  if (!run.unavailable.empty()) {
    invocation["toolExecutionNotifications"] =
        json::array({{{"level", "error"}, {"message", text(run.unavailable)}}});
  }
  const json driver = {{"name", "e3"}, {"version", E3_VERSION}, {"rules", rules}};
  const json document = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                         {"version", "2.1.0"},
                         {"runs", json::array({{{"tool", {{"driver", driver}}},
                                                {"invocations", json::array({invocation})},
                                                {"results", results},
                                                {"properties",
                                                 {{"target", printable(run.target)},
                                                  {"profile", printable(run.profile)},
                                                  {"seed", run.seed}}}}})}};
  return dumped(document, 2) + "\n";
}

}  // namespace e3::report
