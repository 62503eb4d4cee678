// SPDX-License-Identifier: MIT
// HTTP: when a connection lives on, and when it ends.
#include <fmt/format.h>

#include <string>

#include "harness/checks/catalogue.h"
#include "harness/checks/http_case.h"
#include "harness/checks/http_exchange.h"
#include "harness/checks/http_traits.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

constexpr Level kMust = Level::kMust;
constexpr Level kShould = Level::kShould;
constexpr std::string_view kClose = "RFC 9112, section 9.6";

constexpr HttpCase kCloses[] = {
    {.variant = {"close", kMust, kClose},
     .bytes = "{head}Connection: close\r\n\r\n",
     .good = kYes,
     .must_end = true},
    {.variant = {"close-upper-case", kMust, kClose},
     .bytes = "{head}CONNECTION: CLOSE\r\n\r\n",
     .good = kYes,
     .must_end = true},
    {.variant = {"close-in-list", kMust, kClose},
     .bytes = "{head}Connection: foo, close\r\n\r\n",
     .good = kYes,
     .must_end = true},
    {.variant = {"close-then-another", kMust, kClose},
     .bytes = "{head}Connection: close\r\n\r\n{get}",
     .good = kServedThenEnds,
     .messages = 2,
     .must_end = true},
    {.variant = {"1.0", kMust, "RFC 9112, section 9.3"},
     .bytes = "GET {target} HTTP/1.0\r\nHost: {host}\r\n\r\n",
     .good = kYes,
     .must_end = true},
};

void run_sequential(Session& session) {
  const HttpTraits& traits = persistent_traits(session);
  constexpr std::size_t kRequests = 5;
  session.sweep({"connection", "connections"}, {1}, [&](std::size_t) {
    Peer peer = session.world().connect();
    for (std::size_t i = 1; i <= kRequests; ++i) {
      peer.send(expanded(kPlainGet, traits));
      const Conversation seen = read_answers(peer, {.answers = i});
      Session::require(seen.answers.size() == i && is_usual(seen.answers.back(), traits),
                       Symptom::kNoAnswer, fmt::format("answer {} as the first", i),
                       describe(seen));
      if (seen.last()->says_close) return;  // it may, at any time, when it says so
    }
  });
}

// Whatever a server does with HTTP/1.0 keep-alive, it has to say so.
void run_keep_alive_10(Session& session) {
  const HttpTraits& traits = http_traits(session);
  const std::string request =
      expanded("GET {target} HTTP/1.0\r\nHost: {host}\r\nConnection: keep-alive\r\n\r\n", traits);
  session.sweep({"connection", "connections"}, {1}, [&](std::size_t) {
    Peer peer = session.world().connect();
    peer.send(request);
    const Conversation first = read_answers(peer, {});
    Session::require(first.last() != nullptr && is_usual(*first.last(), traits), Symptom::kNoAnswer,
                     "the usual answer", describe(first));
    const auto connection = field_value(first.last()->head, "Connection");
    const bool says_open = connection && equal_ignoring_case(*connection, "keep-alive");
    if (!says_open) return session.expect_end(peer);
    Session::require(first.ending == Ending::kOpen, Symptom::kWrongAnswer,
                     "Connection: keep-alive only where the connection is kept", describe(first));
    peer.send(request);
    const Conversation second = read_answers(peer, {.answers = 2});
    Session::require(second.answers.size() == 2, Symptom::kNoAnswer,
                     "an answer on the connection that was to be kept", describe(second));
  });
}

// A server that stopped reading while its answer waited for room has to take up reading again.
void run_after_slow_answer(Session& session) {
  const HttpTraits& traits = persistent_traits(session);
  HttpTraits large = traits;
  take_over_request(session.request_that_fills_buffers(), large);
  const std::string request = expanded(kPlainGet, large);
  session.sweep({"request of size", "requests"}, {request.size()}, [&](std::size_t) {
    Peer peer = session.world().connect({.tiny_buffers = true});
    peer.send(request);
    session.expect_quiet();
    const Conversation first = read_answers(peer, {});
    Session::require(first.last() != nullptr, Symptom::kWrongAnswer, "the large answer",
                     describe(first));
    if (first.last()->says_close) throw NotApplicable{"the target closes after a large answer"};
    peer.send(expanded(kPlainGet, traits));
    const Conversation both = read_answers(peer, {.answers = 2});
    if (both.answers.size() == 1 && both.ending == Ending::kEof) {
      throw NotApplicable{"the target closes after a large answer"};
    }
    if (both.answers.size() == 2 && is_usual(both.answers.back(), traits)) return;
    throw Violation{Symptom::kNoAnswer, "an answer to the next request, too", describe(both),
                    both.ending == Ending::kOpen};
  });
}

// The last answer waits for its reader, and the connection's end for the answer.
void run_close_large(Session& session) {
  const HttpTraits& traits = http_traits(session);
  HttpTraits large = traits;
  take_over_request(session.request_that_fills_buffers(), large);
  const std::string request = expanded("{head}Connection: close\r\n\r\n", large);
  Peer alone = session.world().connect();
  alone.send(expanded(kPlainGet, large));
  const Conversation control = read_answers(alone, {});
  alone.close();  // its world may go
  if (control.last() == nullptr) throw NotApplicable{"the target does not answer that"};
  const std::size_t whole = control.last()->body.size();
  session.sweep({"request of size", "requests"}, {request.size()}, [&](std::size_t) {
    Peer peer = session.world().connect({.tiny_buffers = true});
    peer.send(request);
    session.expect_quiet();
    const Conversation seen = read_answers(peer, {.to_the_end = true});
    const std::size_t got = seen.last() != nullptr ? seen.last()->body.size() : 0;
    Session::require(got == whole, Symptom::kWrongAnswer, fmt::format("a body of {} bytes", whole),
                     describe(seen));
    Session::require(seen.ending != Ending::kOpen, Symptom::kNotEnded,
                     "the end of the connection behind the answer", describe(seen));
  });
}

// The peer is still sending when the server has already refused.
void run_error_while_sending(Session& session) {
  const HttpTraits& traits = http_traits(session);
  constexpr std::size_t kMegabyte = 1'000'000;
  session.sweep({"request", "requests"}, {1}, [&](std::size_t) {
    Peer peer = session.world().connect();
    peer.send(expanded("GET {target} HTTP/1.1 X\r\nHost: {host}\r\n\r\n", traits));
    peer.send(std::string(kMegabyte, 'x'));
    const Conversation seen = read_answers(peer, {.to_the_end = true});
    session.set_connection(std::string(to_string(seen.ending)));
    // Behind an answer, too: here it was there before the reset, elsewhere it may be lost to it.
    const bool answered = seen.last() != nullptr && seen.last()->status >= 400;
    const bool orderly = seen.ending == Ending::kEof || (answered && seen.ending == Ending::kOpen);
    Session::require(orderly, Symptom::kNoAnswer, "the whole answer, or an orderly end",
                     describe(seen));
  });
}

constexpr Blame kBlames[] = {{Symptom::kWrongAnswer, "http-persistence"},
                             {Symptom::kExtraAnswer, "http-persistence"},
                             {Symptom::kNoAnswer, "http-persistence"},
                             {Symptom::kNotEnded, "http-persistence"},
                             {Symptom::kBadLength, "http-answer-framing"}};
constexpr Blame kFlushBlames[] = {{Symptom::kWrongAnswer, "close-before-flush"},
                                  {Symptom::kNotEnded, "http-persistence"},
                                  {Symptom::kSpins, "out-left-armed-spin"}};
constexpr Blame kErrorBlames[] = {{Symptom::kNoAnswer, "http-error-lost"},
                                  {Symptom::kWrongAnswer, "http-error-lost"}};

constexpr std::string_view kGoOn =
    "EPOLL_CTL_MOD replaces the interest: whoever asks for EPOLLOUT alone while an answer waits "
    "hears of no input until it asks for EPOLLIN again: epoll_ctl(2); the connection persists (RFC "
    "9112, section 9.3)";

constexpr Check kChecks[] = {
    {.id = "http.connection.close",
     .when = "the client says that this request is its last",
     .must = "answer, and end the connection",
     .because = "Connection: close is a promise of both sides (RFC 9112, section 9.6)",
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_http_rows<kCloses>,
     .variant_count = std::size(kCloses),
     .variant = http_variant<kCloses>},
    {.id = "http.connection.sequential",
     .when = "five requests come on one connection, each after the answer before it",
     .must = "answer each as the first",
     .because =
         "HTTP/1.1 connections persist unless one side says otherwise (RFC 9112, section 9.3)",
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_sequential},
    {.id = "http.connection.keep-alive-1.0",
     .when = "an HTTP/1.0 client asks for keep-alive",
     .must = "keep the connection and say so, or close it",
     .because = "a client that is told keep-alive sends on, one that is not waits for the end (RFC "
                "9112, section 9.3)",
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_keep_alive_10},
    {.id = "http.connection.after-slow-answer",
     .when = "the next request comes after an answer that had to wait for its reader",
     .must = "answer it as any other",
     .because = kGoOn,
     .needs = {.http = true},
     .blames = kResumeBlames,
     .run = run_after_slow_answer},
    {.id = "http.connection.close-large",
     .when = "a request says that it is the last, and its large answer has to wait for its reader",
     .must = "send all of the answer, then end the connection",
     .because = "the last message of a connection is as long as it says (RFC 9112, sections 6.3 "
                "and 9.6); close() does not wait for what send() has not taken",
     .needs = {.http = true},
     .blames = kFlushBlames,
     .run = run_close_large},
    {.id = "http.error-while-sending",
     .when = "the client is still sending when its request is refused",
     .must = "let it read the refusal",
     .because = "closing with unread input resets the connection and destroys the answer on its "
                "way (RFC 9112, section 9.6)",
     .needs = {.tcp = true, .http = true},
     .blames = kErrorBlames,
     .run = run_error_while_sending,
     .level = kShould},
};

}  // namespace

std::span<const Check> http_connection_checks() { return kChecks; }

}  // namespace e3
