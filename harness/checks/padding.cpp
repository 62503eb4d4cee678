// SPDX-License-Identifier: MIT
#include "harness/checks/padding.h"

#include <fmt/format.h>

#include "harness/checks/learned.h"

namespace e3 {
namespace {

constexpr std::size_t kLetters = 16;

// Whether `second` gets its answer behind that to `first`, on one connection.
bool is_answered_behind(Session& session, const std::string& first, const std::string& second) {
  const Answer& wanted = session.answer_to(second);
  Peer peer = session.world().connect();
  peer.send(first);
  session.receive_answer(peer);
  const std::size_t before = peer.received().size();
  if (before == 0) return false;
  peer.send(second);
  return session.receive_behind(peer, before, wanted) == wanted.bytes;
}

bool is_wrong(Session& session) {
  const Profile& profile = session.profile();
  // HTTP says where a request ends; and where a connection has one request, none can show it.
  if (!profile.pad_at || profile.is_http || profile.peer_ends) return false;
  if (session.answer().ending != Ending::kOpen) return false;
  const std::string& request = session.request();
  if (!is_answered_behind(session, request, request)) return false;
  // What is left over spoils whatever comes next; a server that keeps the rest of a longer answer
  // spoils a shorter one only.
  const std::string longer = padded_request(profile, std::string(kLetters, 'e'));
  return !is_answered_behind(session, longer, request) &&
         !is_answered_behind(session, longer, longer);
}

}  // namespace

void require_right_padding(Session& session) {
  std::optional<bool>& known = session.learned().padding_is_wrong;
  if (!known) known = is_wrong(session);
  if (!*known) return;
  throw NotShown{fmt::format(
      "the profile's pad_at = {} seems wrong: behind a request with {} letters inserted there, the "
      "next one gets no right answer; let it name an offset where letters only make the request "
      "longer, or leave it out",
      session.profile().pad_at.value_or(0), kLetters)};
}

std::string longer_request(Session& session, std::string_view filler) {
  require_right_padding(session);
  return session.padded_request(filler);
}

}  // namespace e3
