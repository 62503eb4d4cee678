// SPDX-License-Identifier: MIT
#include "harness/preload/messages.h"

#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "harness/checks/catalogue.h"

namespace e3::preload {
namespace {

// Objects, because their fields have names; written as CBOR, because that takes any bytes.
using Json = nlohmann::json;

std::string packed(const Json& object) {
  std::string bytes;
  Json::to_cbor(object, bytes);
  return bytes;
}

Json unpacked(std::string_view bytes) {
  try {
    return Json::from_cbor(bytes.begin(), bytes.end());
  } catch (const Json::exception& error) {
    throw BadMessage(error.what());
  }
}

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

Json object_of(const Failure& failure) {
  return {{"point", failure.point},
          {"symptom", to_string(failure.violation.symptom)},
          {"expected", failure.violation.expected},
          {"actual", failure.violation.actual},
          {"waits_for_ever", failure.violation.waits_for_ever},
          {"cause", failure.cause},
          {"transcript", failure.transcript}};
}

Failure failure_of(const Json& object) {
  const std::string symptom = object.at("symptom");
  return {.point = object.at("point"),
          .violation = {.symptom = known(symptom_named(symptom), symptom),
                        .expected = object.at("expected"),
                        .actual = object.at("actual"),
                        .waits_for_ever = object.at("waits_for_ever")},
          .cause = known_cause(object.at("cause")),
          .transcript = object.at("transcript")};
}

Json list_of(const std::vector<Failure>& failures) {
  Json list = Json::array();
  for (const Failure& failure : failures) list.push_back(object_of(failure));
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
          {"notes", result.notes}};
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

Json object_of(const Ready& /*ready*/) { return {{"kind", "ready"}}; }
Json object_of(const Unavailable& reply) { return {{"kind", "unavailable"}, {"why", reply.why}}; }
Json object_of(const Unsupported& reply) { return {{"kind", "unsupported"}, {"call", reply.call}}; }
Json object_of(const Concluded& reply) {
  return {{"kind", "concluded"},
          {"result", object_of(reply.result)},
          {"facts", object_of(reply.facts)}};
}
Json object_of(const LastWords& reply) {
  return {{"kind", "last words"}, {"transcript", reply.transcript}};
}

Reply reply_of(const Json& object) {
  const std::string kind = object.at("kind");
  if (kind == "ready") return Ready{};
  if (kind == "unavailable") return Unavailable{.why = object.at("why")};
  if (kind == "unsupported") return Unsupported{.call = object.at("call")};
  if (kind == "last words") return LastWords{.transcript = object.at("transcript")};
  if (kind == "concluded") {
    return Concluded{.result = result_of(object.at("result")),
                     .facts = facts_of(object.at("facts"))};
  }
  throw BadMessage(fmt::format("there is no reply '{}'", kind));
}

}  // namespace

std::string encoded(const Order& order) {
  return packed({{"version", order.version},
                 {"id", order.id},
                 {"profile", order.profile},
                 {"seed", order.seed},
                 {"strict", order.strict},
                 {"port", order.port},
                 {"processor_seconds", order.processor_seconds}});
}

Order decoded_order(std::string_view bytes) {
  const Json object = unpacked(bytes);
  try {
    return {.version = object.at("version"),
            .id = object.at("id"),
            .profile = object.at("profile"),
            .seed = object.at("seed"),
            .strict = object.at("strict"),
            .port = object.at("port"),
            .processor_seconds = object.at("processor_seconds")};
  } catch (const Json::exception& error) {
    throw BadMessage(error.what());
  }
}

// The size in eight bytes of this machine's order, and the object.
std::string encoded(const Reply& reply) {
  const std::string body =
      std::visit([](const auto& each) { return packed(object_of(each)); }, reply);
  const std::uint64_t size = body.size();
  std::string bytes(sizeof size, '\0');
  std::memcpy(bytes.data(), &size, sizeof size);
  return bytes + body;
}

bool take_reply(std::string& stream, Reply& reply) {
  std::uint64_t size = 0;
  if (stream.size() < sizeof size) return false;
  std::memcpy(&size, stream.data(), sizeof size);
  if (stream.size() - sizeof size < size) return false;
  const Json object = unpacked(std::string_view(stream).substr(sizeof size, size));
  stream.erase(0, sizeof size + size);
  try {
    reply = reply_of(object);
  } catch (const Json::exception& error) {
    throw BadMessage(error.what());
  }
  return true;
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
