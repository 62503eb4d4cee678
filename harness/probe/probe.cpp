// SPDX-License-Identifier: MIT
#include "harness/probe/probe.h"

#include <fmt/format.h>

#include "harness/checks/learned.h"
#include "harness/probe/questions.h"

namespace e3::probe {
namespace {

// Blames early answers: a session then goes on with a server that gives them.
constexpr Blame kBlames[] = {{Symptom::kEarlyAnswer, "early-answer"}};
constexpr Check kProbe{.id = "probe",
                       .when = "",
                       .must = "",
                       .because = "",
                       .needs = {},
                       .blames = kBlames,
                       .run = nullptr};

Fact describe_answer(Session& session) {
  const Answer& answer = session.answer();
  const int status = http_status(answer.bytes);
  std::string says =
      fmt::format("{} bytes, then {}", answer.bytes.size(), to_string(answer.ending));
  if (session.profile().is_http) says = fmt::format("status {}, {}", status, says);
  return {"answer_bytes", "answer", answer.bytes.size(), std::move(says)};
}

bool answers_after_half_close(Session& session) {
  Peer peer = session.world().connect();
  peer.send(session.request());
  peer.shutdown_write();
  session.receive_answer(peer);
  return masked(session.profile(), peer.received()) == session.answer().bytes;
}

// Asks, and keeps the answer in the profile.
Fact ask_about_half_close(Session& session, Profile& profile) {
  if (profile.peer_ends) {
    return {"half_close", "half-close", "ends-request", "ends the request, as the profile says"};
  }
  if (answers_after_half_close(session)) {
    profile.half_close = HalfClose::kAnswers;
    return {"half_close", "half-close", "answers", "the request is answered"};
  }
  profile.half_close = HalfClose::kMayClose;
  return {"half_close", "half-close", "may-close", "the request is not answered"};
}

}  // namespace

Fact yes_or_no(std::string_view key, std::string_view label, bool value) {
  return {key, label, value, value ? "yes" : "no"};
}

Result probe(WorldSource& source, const Profile& profile, const Options& options) {
  Learned learned;
  Session session({&kProbe, 0}, profile, source, options.seed, learned);
  Result result{.facts = {}, .profile = profile};
  Known known{.session = &session, .http = {}};
  result.facts.push_back(describe_answer(session));
  if (learned.answers_early) {
    result.facts.push_back(
        yes_or_no("answers_early", "answers before the end", *learned.answers_early));
  }
  result.facts.push_back(ask_about_half_close(session, result.profile));
  if (profile.is_http) {
    ask_about_http(known, result.facts);
    ask_for_limits(known, result.facts);
  }
  ask_for_time_outs(known, options, result.facts);
  return result;
}

}  // namespace e3::probe
