// SPDX-License-Identifier: MIT
// HTTP: when a connection lives on, and in which order requests on it are answered.
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
constexpr std::string_view kPlainGet = "{get}";

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
     .bytes = "GET {target} HTTP/1.0\r\n\r\n",
     .good = kYes,
     .must_end = true},
};

bool is_usual(const HttpAnswer& answer, const HttpTraits& traits) {
  return answer.status / 100 == 2 && answer.body == traits.get.body;
}

const HttpTraits& persistent_traits(Session& session) {
  const HttpTraits& traits = http_traits(session);
  if (!traits.persistent) throw NotApplicable{"the target closes after each answer"};
  return traits;
}

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

struct PipelineLength {
  Variant variant;
  std::size_t requests;
};
constexpr PipelineLength kPipelines[] = {{{"2", kMust, "RFC 9112, section 9.3.2"}, 2},
                                         {{"16", kMust, "RFC 9112, section 9.3.2"}, 16},
                                         {{"1000", kMust, "RFC 9112, section 9.3.2"}, 1000}};
Variant pipeline_variant(std::size_t index) { return kPipelines[index].variant; }

// All answered in order; or some, and then the last one says that it is the last.
void expect_pipelined(Session& session, Peer& peer, const HttpTraits& traits, std::size_t count) {
  const Conversation seen = read_answers(peer, {.answers = count});
  for (const HttpAnswer& answer : seen.answers) {
    Session::require(is_usual(answer, traits), Symptom::kWrongAnswer, "the usual answer each time",
                     describe(seen));
  }
  Session::require(seen.problem.empty(), Symptom::kBadLength, "answers that can be told apart",
                   describe(seen));
  const bool told = seen.last() != nullptr && seen.last()->says_close;
  if (seen.answers.size() == count || told) return;
  Violation lost{Symptom::kNoAnswer, fmt::format("{} answers", count), describe(seen)};
  // Closing without notice is allowed, though the client must then guess (RFC 9112, 9.3.2).
  if (!seen.answers.empty() && seen.ending == Ending::kEof) return session.warn(lost);
  lost.waits_for_ever = seen.ending == Ending::kOpen;
  throw lost;
}

void run_pipeline(Session& session) {
  const HttpTraits& traits = http_traits(session);
  const std::size_t count = kPipelines[session.variant()].requests;
  std::string requests;
  for (std::size_t i = 0; i < count; ++i) requests += expanded(kPlainGet, traits);
  session.sweep({"pipeline", "pipelines"}, {1}, [&](std::size_t) {
    Peer peer = session.world().connect();
    peer.send(requests);
    expect_pipelined(session, peer, traits, count);
  });
}

void run_pipeline_split(Session& session) {
  const HttpTraits& traits = persistent_traits(session);
  const std::string request = expanded(kPlainGet, traits);
  const std::string requests = request + request;
  std::vector<std::size_t> offsets = Session::spread(requests.size() - 2, requests.size());
  session.sweep({"offset", "offsets"}, offsets, [&](std::size_t offset) {
    Peer peer = session.world().connect();
    peer.send(std::string_view(requests).substr(0, offset + 1));
    session.world().settle();
    peer.send(std::string_view(requests).substr(offset + 1));
    expect_pipelined(session, peer, traits, 2);
  });
}

void run_bad_second(Session& session) {
  const HttpTraits& traits = persistent_traits(session);
  session.sweep({"pipeline", "pipelines"}, {1}, [&](std::size_t) {
    Peer peer = session.world().connect();
    peer.send(expanded(kPlainGet, traits) + "GET / HTTP/1.1 X\r\n\r\n");
    const Conversation seen = read_answers(peer, {.to_the_end = true});
    Session::require(!seen.answers.empty() && is_usual(seen.answers.front(), traits),
                     Symptom::kNoAnswer, "the whole answer to the first, valid request",
                     describe(seen));
    Session::require(seen.answers.size() == 1 || seen.answers[1].status >= 400,
                     Symptom::kWrongAnswer, "4xx to the second, or the end", describe(seen));
    session.expect_end(peer);
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
    const bool answered = seen.last() != nullptr && seen.last()->status >= 400;
    Session::require(answered || seen.ending == Ending::kEof, Symptom::kNoAnswer,
                     "the whole answer, or an orderly end", describe(seen));
  });
}

constexpr Blame kBlames[] = {{Symptom::kWrongAnswer, "http-persistence"},
                             {Symptom::kExtraAnswer, "http-persistence"},
                             {Symptom::kNoAnswer, "http-persistence"},
                             {Symptom::kNotEnded, "http-persistence"},
                             {Symptom::kBadLength, "http-answer-framing"}};
constexpr Blame kPipelineBlames[] = {{Symptom::kWrongAnswer, "http-pipeline-lost"},
                                     {Symptom::kExtraAnswer, "http-pipeline-lost"},
                                     {Symptom::kNoAnswer, "http-pipeline-lost"},
                                     {Symptom::kNotEnded, "http-doubtful-kept-open"},
                                     {Symptom::kBadLength, "http-answer-framing"}};
constexpr Blame kErrorBlames[] = {{Symptom::kNoAnswer, "http-error-lost"},
                                  {Symptom::kWrongAnswer, "http-error-lost"}};

constexpr std::string_view kOrder =
    "answers come in the order of the requests, whole, however the requests are cut (RFC 9112, "
    "section 9.3.2)";

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
    {.id = "http.pipeline",
     .when = "many requests come in one write",
     .must = "answer all in order, or say at which the connection ends",
     .because = kOrder,
     .needs = {.http = true},
     .blames = kPipelineBlames,
     .run = run_pipeline,
     .variant_count = std::size(kPipelines),
     .variant = pipeline_variant},
    {.id = "http.pipeline.split",
     .when = "two requests are cut at every offset in turn",
     .must = "answer both",
     .because = kOrder,
     .needs = {.http = true},
     .blames = kPipelineBlames,
     .run = run_pipeline_split},
    {.id = "http.pipeline.bad-second",
     .when = "a malformed request follows a valid one in the same write",
     .must = "answer the valid one whole, and then refuse or close",
     .because = kOrder,
     .needs = {.http = true},
     .blames = kPipelineBlames,
     .run = run_bad_second},
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
