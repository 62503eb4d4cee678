// SPDX-License-Identifier: MIT
#include "harness/checks/http_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/checks/http_exchange.h"
#include "harness/checks/http_traits.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

struct ReactionName {
  Reaction reaction;
  std::string_view name;
};

constexpr ReactionName kReactionNames[] = {
    {kServed, "2xx with the usual body"},
    {kSuccess, "2xx"},
    {kServedThenEnds, "2xx, then the end of the connection"},
    {kRefused, "4xx or 5xx, then the end of the connection"},
    {kRefusedOpen, "4xx or 5xx"},
    {kRedirected, "3xx"},
    {kSwitched, "101"},
    {kClosed, "the end of the connection"},
    {kWaits, "waiting for more"},
    {kNotHttp, "bytes that are no HTTP/1.x answer"},
    {kServedThenRefused, "2xx to the first message, a refusal to the next"},
    {kServedAfterError, "an answer to what follows a refused message"},
};

std::string names_of(std::uint32_t reactions) {
  std::vector<std::string_view> names;
  for (const ReactionName& each : kReactionNames) {
    if ((reactions & each.reaction) != 0) names.push_back(each.name);
  }
  return fmt::format("{}", fmt::join(names, "; or "));
}

// Throws NotApplicable where the target lacks what the row is about.
void require_traits(const HttpCase& row, const HttpTraits& traits) {
  if (!traits.http11 && row.http10 == Http10::kNothing) {
    throw NotApplicable{"the target answers as HTTP/1.0"};
  }
  if (row.needs.http11 && !traits.http11) throw NotApplicable{"the target is not HTTP/1.1"};
  if (row.needs.persistent && !traits.persistent) {
    throw NotApplicable{"the target closes after each answer"};
  }
  if (row.needs.post && !traits.takes_post) {
    throw NotApplicable{traits.post.status == 0
                            ? std::string("the target does not answer POST")
                            : fmt::format("the target answers POST with {}", traits.post.status)};
  }
  if (row.needs.waits_for_body && !traits.waits_for_body) {
    throw NotApplicable{"the target answers without waiting for the body"};
  }
  if (row.needs.chunked && !traits.takes_chunked) {
    throw NotApplicable{"the target takes no chunked request"};
  }
}

Level level_for(const HttpCase& row, const HttpTraits& traits) {
  if (traits.http11 || row.http10 == Http10::kSame) return row.variant.level;
  return row.http10 == Http10::kShould ? Level::kShould : Level::kMay;
}

// What every message but a POST at the front gets is the answer to the plain GET.
bool has_usual_body(const HttpCase& row, const HttpTraits& traits, std::size_t index,
                    const HttpAnswer& answer) {
  const bool posts = row.bytes.starts_with("POST") || row.bytes.starts_with("{post}") ||
                     row.bytes.starts_with("{chunked}");
  const bool is_post = index == 0 && posts;
  return is_post ? has_body_of_post(answer, traits) : has_body_of_get(answer, traits);
}

Reaction reaction_to(const HttpCase& row, const HttpTraits& traits, const Conversation& seen) {
  const bool ended = seen.ending != Ending::kOpen;
  if (!seen.problem.empty()) return kNotHttp;
  if (seen.answers.empty()) return ended ? kClosed : kWaits;
  bool usual = true;
  for (std::size_t i = 0; i < seen.answers.size(); ++i) {
    const HttpAnswer& answer = seen.answers[i];
    const int kind = answer.status / 100;
    const bool is_last = i + 1 == seen.answers.size();
    if (kind >= 4 && !is_last) return kServedAfterError;
    if (kind >= 4 && i > 0) return kServedThenRefused;
    if (kind >= 4) return ended || answer.says_close ? kRefused : kRefusedOpen;
    if (kind == 3) return kRedirected;
    if (kind == 1) return kSwitched;
    usual = usual && has_usual_body(row, traits, i, answer);
  }
  if (seen.answers.size() > row.messages) return kServedAfterError;
  if (seen.answers.size() == row.messages) return usual ? kServed : kSuccess;
  if (!ended && !seen.last()->says_close) return kWaits;
  return usual ? kServedThenEnds : kSuccess;
}

// What makes it good, where the connection has to end, is that nothing is read behind the message.
bool relies_on_end(Reaction reaction) {
  return reaction == kRefused || reaction == kServedThenEnds;
}

// Refusals that the row allows by name, and those behind which the next request is read rightly.
bool may_refuse_so(const HttpCase& row, const Conversation& seen) {
  if (seen.answers.empty() || !seen.problem.empty()) return false;
  const int status = seen.answers.front().status;
  const bool reads_on_rightly =
      seen.answers.size() == row.messages && seen.last()->status / 100 == 2;
  if (row.may_refuse_with != 0 && status == row.may_refuse_with) {
    return seen.answers.size() == 1 || reads_on_rightly;
  }
  return row.framing_is_clear && status >= 400 && reads_on_rightly;
}

Violation violation(const HttpCase& row, Reaction reaction, const Conversation& seen) {
  Violation found{Symptom::kWrongAnswer, names_of(row.good), describe(seen)};
  if (reaction == kWaits) {
    found.symptom = Symptom::kNoAnswer;
    found.waits_for_ever = true;
  } else if (reaction == kRefusedOpen && (row.good & kRefused) != 0) {
    found.symptom = Symptom::kNotEnded;
  } else if (reaction == kNotHttp) {
    found.symptom = Symptom::kBadLength;
  } else if (reaction == kServedAfterError) {
    found.symptom = Symptom::kExtraAnswer;
  }
  return found;
}

void check_details(const HttpCase& row, const Conversation& seen) {
  for (const HttpAnswer& answer : seen.answers) {
    Session::require(row.never == 0 || answer.status != row.never, Symptom::kWrongAnswer,
                     fmt::format("any status but {}", row.never), describe(seen));
    Session::require(
        row.not_in_head.empty() || answer.head.find(row.not_in_head) == std::string::npos,
        Symptom::kWrongAnswer, fmt::format("no {} in the answer's head", quoted(row.not_in_head)),
        quoted(answer.head, 200));
  }
}

// To a target that loses what comes behind a request, the next one goes when the first is answered:
// that loss is http.pipeline's to tell.
void send_row(Peer& peer, const HttpCase& row, const HttpTraits& traits) {
  const bool in_two = !traits.pipelines && row.bytes.ends_with(kPlainGet);
  std::string_view first = row.bytes;
  if (in_two) first.remove_suffix(kPlainGet.size());
  peer.send(expanded(first, traits));
  if (!in_two) return;
  read_answers(peer, {});
  peer.send(expanded(kPlainGet, traits));
}

void run_row(Session& session, const HttpCase& row, const HttpTraits& traits) {
  Peer peer = session.world().connect();
  send_row(peer, row, traits);
  if (row.half_close) {
    session.world().settle();  // an end that comes with the bytes is close.hangup.end-at-once's
    peer.shutdown_write();
  }
  // Where only the end of the connection makes a refusal good, it has to be waited for.
  const bool wants_end = (row.good & kRefused) != 0 && (row.good & kRefusedOpen) == 0;
  Conversation seen = read_answers(peer, {.answers = row.messages, .to_the_end = row.must_end});
  const HttpAnswer* last = seen.last();
  if (wants_end && last != nullptr && last->status >= 400 && seen.ending == Ending::kOpen) {
    seen = read_answers(peer, {.to_the_end = true});
  }
  session.set_connection(std::string(to_string(seen.ending)));
  check_details(row, seen);
  const Reaction reaction = reaction_to(row, traits, seen);
  const bool answered_early = row.doubt_in_body && !traits.waits_for_body &&
                              seen.answers.size() < row.messages &&
                              (reaction == kServedThenEnds || reaction == kSuccess);
  const bool good = (row.good & reaction) != 0 || answered_early || may_refuse_so(row, seen);
  if (!good && (row.lenient & reaction) == 0) throw violation(row, reaction, seen);
  if (row.must_end && reaction == kWaits) session.expect_end(peer);  // by its time-out
  // To say that it closes is not to close.
  const bool owes_end =
      reaction != kWaits && (row.must_end || (wants_end && relies_on_end(reaction)));
  Session::require(!owes_end || seen.ending != Ending::kOpen, Symptom::kNotEnded,
                   "the end of the connection behind the answer", describe(seen));
  if (good) return;
  if (row.lenient_may_be_right) session.set_level(Level::kMay);
  session.warn(violation(row, reaction, seen));
}

}  // namespace

void run_http_case(Session& session, std::span<const HttpCase> rows) {
  const HttpCase& row = rows[session.variant()];
  const HttpTraits& traits = http_traits(session);
  require_traits(row, traits);
  session.set_level(level_for(row, traits));
  if (traits.get_varies || traits.post_varies) {
    session.note("answers differ from time to time without a [[mask]]: bodies were not compared");
  }
  session.sweep(
      {"request", "requests"}, {1}, [&](std::size_t) { run_row(session, row, traits); },
      [&](std::size_t) { return quoted(row.bytes, 60); });
}

}  // namespace e3
