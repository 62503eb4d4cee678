// SPDX-License-Identifier: MIT
#include "harness/preload/messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "harness/preload/message_objects.h"

namespace e3::preload {
namespace {

// Objects, because their fields have names; written as CBOR, because that takes any bytes.
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

Json reply_object(const Loaded& reply) {
  return {{"kind", "loaded"}, {"made_earlier", reply.made_earlier}};
}
Json reply_object(const Ready& /*ready*/) { return {{"kind", "ready"}}; }
Json reply_object(const Unavailable& reply) {
  return {{"kind", "unavailable"}, {"why", reply.why}};
}
Json reply_object(const Unsupported& reply) {
  return {{"kind", "unsupported"}, {"call", reply.call}};
}
Json reply_object(const Concluded& reply) {
  return {{"kind", "concluded"},
          {"result", object_of(reply.result)},
          {"facts", object_of(reply.facts)}};
}
Json reply_object(const LastWords& reply) {
  return {{"kind", "last words"}, {"transcript", reply.transcript}};
}

Json reply_object(const Judged& reply) {
  Json found;
  if (reply.found) found = object_of(*reply.found);
  return {{"kind", "judged"},
          {"found", found},
          {"faults_struck", reply.faults_struck},
          {"transcript", reply.transcript}};
}
Json reply_object(const Recorded& reply) {
  Json calls = Json::array();
  for (const CallSite& site : reply.calls) calls.push_back(object_of(site));
  return {{"kind", "recorded"}, {"calls", calls}};
}
Json reply_object(const Answered& reply) {
  return {{"kind", "answered"}, {"answer", object_of(reply.answer)}};
}
Json reply_object(const Inconclusive& reply) {
  return {{"kind", "inconclusive"}, {"why", reply.why}};
}
Json reply_object(const Died& reply) { return {{"kind", "died"}, {"status", reply.status}}; }

Judged judged_of(const Json& object) {
  const Json& found = object.at("found");
  return {.found = found.is_null() ? std::nullopt : std::optional(violation_of(found)),
          .faults_struck = object.at("faults_struck"),
          .transcript = object.at("transcript")};
}

Recorded recorded_of(const Json& object) {
  Recorded reply;
  for (const Json& each : object.at("calls")) reply.calls.push_back(call_site_of(each));
  return reply;
}

Reply reply_of(const Json& object) {
  const std::string kind = object.at("kind");
  if (kind == "loaded") return Loaded{.made_earlier = object.at("made_earlier")};
  if (kind == "ready") return Ready{};
  if (kind == "unavailable") return Unavailable{.why = object.at("why")};
  if (kind == "unsupported") return Unsupported{.call = object.at("call")};
  if (kind == "last words") return LastWords{.transcript = object.at("transcript")};
  if (kind == "concluded") {
    return Concluded{.result = result_of(object.at("result")),
                     .facts = facts_of(object.at("facts"))};
  }
  if (kind == "judged") return judged_of(object);
  if (kind == "recorded") return recorded_of(object);
  if (kind == "answered") return Answered{.answer = answer_of(object.at("answer"))};
  if (kind == "inconclusive") return Inconclusive{.why = object.at("why")};
  if (kind == "died") return Died{.status = object.at("status")};
  throw BadMessage(fmt::format("there is no reply '{}'", kind));
}

Order order_of(const Json& object) {
  return {.version = object.at("version"),
          .id = object.at("id"),
          .profile = object.at("profile"),
          .seed = object.at("seed"),
          .strict = object.at("strict"),
          .port = object.at("port"),
          .computing_seconds = object.at("computing_seconds")};
}

constexpr std::pair<Question::What, std::string_view> kQuestions[] = {
    {Question::What::kJudge, "judge"},
    {Question::What::kGlance, "glance"},
    {Question::What::kRecordCalls, "record calls"},
    {Question::What::kAnswer, "answer"},
};

Question question_of(const Json& object) {
  const std::string name = object.at("what");
  for (const auto& [what, word] : kQuestions) {
    if (word == name) return {.what = what, .text = object.at("text")};
  }
  throw BadMessage(fmt::format("there is no question '{}'", name));
}

// The size in eight bytes of this machine's order, and the object.
std::string framed(const Json& object) {
  const std::string body = packed(object);
  const std::uint64_t size = body.size();
  std::string bytes(sizeof size, '\0');
  std::memcpy(bytes.data(), &size, sizeof size);
  return bytes + body;
}

template <typename Message, typename Read>
bool take_framed(std::string& stream, Message& message, const Read& read) {
  std::uint64_t size = 0;
  if (stream.size() < sizeof size) return false;
  std::memcpy(&size, stream.data(), sizeof size);
  if (stream.size() - sizeof size < size) return false;
  const Json object = unpacked(std::string_view(stream).substr(sizeof size, size));
  stream.erase(0, sizeof size + size);
  try {
    message = read(object);
  } catch (const Json::exception& error) {
    throw BadMessage(error.what());
  }
  return true;
}

}  // namespace

std::string encoded(const Order& order) {
  return framed({{"version", order.version},
                 {"id", order.id},
                 {"profile", order.profile},
                 {"seed", order.seed},
                 {"strict", order.strict},
                 {"port", order.port},
                 {"computing_seconds", order.computing_seconds}});
}

std::string encoded(const Question& question) {
  const auto* known = std::find_if(std::begin(kQuestions), std::end(kQuestions),
                                   [&](const auto& each) { return each.first == question.what; });
  return framed({{"what", known->second}, {"text", question.text}});
}

std::string encoded(const Reply& reply) {
  return std::visit([](const auto& each) { return framed(reply_object(each)); }, reply);
}

bool take(std::string& stream, Order& order) { return take_framed(stream, order, order_of); }
bool take(std::string& stream, Question& question) {
  return take_framed(stream, question, question_of);
}
bool take(std::string& stream, Reply& reply) { return take_framed(stream, reply, reply_of); }

}  // namespace e3::preload
