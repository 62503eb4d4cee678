// SPDX-License-Identifier: MIT
#include "harness/preload/message_objects.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "harness/checks/catalogue.h"

namespace e3::preload {
namespace {

template <typename Value>
Value known(std::optional<Value> value, const std::string& name) {
  if (!value) throw BadMessage(fmt::format("there is nothing called '{}'", name));
  return *value;
}

std::string_view known_cause(const std::string& slug) {
  const Cause* cause = find_cause(slug);
  if (cause == nullptr) throw BadMessage(fmt::format("there is no cause '{}'", slug));
  return cause->slug;
}

Json failure_object(const Failure& failure) {
  return {{"point", failure.point},
          {"violation", object_of(failure.violation)},
          {"cause", failure.cause},
          {"transcript", failure.transcript}};
}

Failure failure_of(const Json& object) {
  return {.point = object.at("point"),
          .violation = violation_of(object.at("violation")),
          .cause = known_cause(object.at("cause")),
          .transcript = object.at("transcript")};
}

Json list_of(const std::vector<Failure>& failures) {
  Json list = Json::array();
  for (const Failure& failure : failures) list.push_back(failure_object(failure));
  return list;
}

std::vector<Failure> failures_of(const Json& list) {
  std::vector<Failure> failures;
  for (const Json& each : list) failures.push_back(failure_of(each));
  return failures;
}

Verdict verdict_of(const Json& name) {
  const std::string text = name;
  return known(verdict_named(text), text);
}

Level level_from(const Json& name) {
  const std::string text = name;
  return known(level_named(text), text);
}

constexpr Ending kEndings[] = {Ending::kOpen, Ending::kEof, Ending::kReset};

Ending ending_of(const Json& name) {
  const std::string text = name;
  for (const Ending ending : kEndings) {
    if (to_string(ending) == text) return ending;
  }
  throw BadMessage(fmt::format("there is no ending '{}'", text));
}

}  // namespace

Json object_of(const Violation& violation) {
  return {{"symptom", to_string(violation.symptom)},
          {"expected", violation.expected},
          {"actual", violation.actual},
          {"waits_for_ever", violation.waits_for_ever}};
}

Violation violation_of(const Json& object) {
  const std::string symptom = object.at("symptom");
  return {.symptom = known(symptom_named(symptom), symptom),
          .expected = object.at("expected"),
          .actual = object.at("actual"),
          .waits_for_ever = object.at("waits_for_ever")};
}

Json object_of(const CheckResult& result) {
  return {{"id", result.id},
          {"level", to_string(result.level)},
          {"verdict", to_string(result.verdict)},
          {"answer", to_string(result.answer)},
          {"connection", to_string(result.connection)},
          {"ending", result.ending},
          {"reason", result.reason},
          {"points_run", result.points_run},
          {"points_total", result.points_total},
          {"unit", result.unit},
          {"failures", list_of(result.failures)},
          {"warnings", list_of(result.warnings)},
          {"notes", result.notes},
          {"transcript", result.transcript}};
}

CheckResult result_of(const Json& object) {
  CheckResult result;
  result.id = object.at("id");
  result.check = case_named(result.id).check;
  result.level = level_from(object.at("level"));
  result.verdict = verdict_of(object.at("verdict"));
  result.answer = verdict_of(object.at("answer"));
  result.connection = verdict_of(object.at("connection"));
  result.ending = object.at("ending");
  result.reason = object.at("reason");
  result.points_run = object.at("points_run");
  result.points_total = object.at("points_total");
  result.unit = object.at("unit");
  result.failures = failures_of(object.at("failures"));
  result.warnings = failures_of(object.at("warnings"));
  result.notes = object.at("notes").get<std::vector<std::string>>();
  result.transcript = object.at("transcript").get<std::vector<std::string>>();
  return result;
}

Json object_of(const EngineFacts& facts) {
  return {{"engine", facts.engine},
          {"remarks", facts.remarks},
          {"transcript_hash", facts.transcript_hash},
          {"transcript_repeats", facts.transcript_repeats}};
}

EngineFacts facts_of(const Json& object) {
  return {.engine = object.at("engine"),
          .remarks = object.at("remarks"),
          .transcript_hash = object.at("transcript_hash"),
          .transcript_repeats = object.at("transcript_repeats")};
}

Json object_of(const CallSite& site) {
  return {{"call", to_string(site.call)},
          {"role", to_string(site.role)},
          {"ordinal", site.ordinal},
          {"result", site.result}};
}

CallSite call_site_of(const Json& object) {
  const std::string call = object.at("call");
  const std::string role = object.at("role");
  return {.call = known(call_kind_named(call), call),
          .role = known(role_named(role), role),
          .ordinal = object.at("ordinal"),
          .result = object.at("result")};
}

Json object_of(const Answer& answer) {
  return {{"bytes", answer.bytes}, {"ending", to_string(answer.ending)}, {"size", answer.size}};
}

Answer answer_of(const Json& object) {
  return {.bytes = object.at("bytes"),
          .ending = ending_of(object.at("ending")),
          .size = object.at("size")};
}

CheckCase case_named(std::string_view id) {
  const Check* check = find_check(id.substr(0, id.find('[')));
  if (check != nullptr) {
    for (const CheckCase& each : cases_of(*check)) {
      if (id_of(each) == id) return each;
    }
  }
  throw BadMessage(fmt::format("there is no check '{}'", id));
}

}  // namespace e3::preload
