// SPDX-License-Identifier: MIT
// HTTP: requests that are sent before the answer to the one before has come.
#include <fmt/format.h>

#include <string>

#include "harness/checks/catalogue.h"
#include "harness/checks/http_exchange.h"
#include "harness/checks/http_traits.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

constexpr Level kMust = Level::kMust;

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

// Whoever remembers how long a request was, or where it ended, looks beyond the end of the next.
void run_pipeline_shorter(Session& session) {
  const HttpTraits& traits = persistent_traits(session);
  const std::string longer = expanded("{head}X-E3: {1000*e}\r\n\r\n", traits);
  const std::string request = expanded(kPlainGet, traits);
  Peer alone = session.world().connect();
  alone.send(longer);
  const Conversation control = read_answers(alone, {});
  if (control.last() == nullptr || !is_usual(*control.last(), traits)) {
    throw NotApplicable{"a request with a long field gets another answer"};
  }
  alone.close();
  session.sweep({"bytes of the second at once:", "pipelines"},
                Session::spread(request.size(), request.size() + 1), [&](std::size_t at_once) {
                  Peer peer = session.world().connect();
                  peer.send(longer + request.substr(0, at_once));
                  session.world().settle();
                  if (at_once < request.size()) peer.send(request.substr(at_once));
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
    Violation swallowed{Symptom::kNoAnswer, "4xx to the second, or the end", describe(seen)};
    swallowed.waits_for_ever = true;
    if (seen.answers.size() == 1 && seen.ending == Ending::kOpen) throw swallowed;
    if (seen.last()->says_close) session.expect_end(peer);
  });
}

// More requests than any buffers hold. The server may stop reading while it cannot write, and must
// go on once it can; the client reads only when it can send no more.
void run_pipeline_unread(Session& session) {
  const HttpTraits& traits = persistent_traits(session);
  session.request_that_fills_buffers();  // where buffers are large, so are the server's limits
  constexpr std::size_t kRequests = 300;
  std::string requests;
  for (std::size_t i = 0; i < kRequests; ++i) requests += expanded(kPlainGet, traits);
  session.sweep({"requests:", "pipelines"}, {kRequests}, [&](std::size_t) {
    Peer peer = session.world().connect({.tiny_buffers = true});
    Session::send_rest(peer, requests, peer.send(requests), 4096);
    expect_pipelined(session, peer, traits, kRequests);
  });
}

constexpr Blame kPipelineBlames[] = {{Symptom::kWrongAnswer, "http-pipeline-lost"},
                                     {Symptom::kExtraAnswer, "http-pipeline-lost"},
                                     {Symptom::kNoAnswer, "http-pipeline-lost"},
                                     {Symptom::kNotEnded, "http-doubtful-kept-open"},
                                     {Symptom::kBadLength, "http-answer-framing"}};

constexpr std::string_view kOrder =
    "answers come in the order of the requests, whole, however the requests are cut (RFC 9112, "
    "section 9.3.2)";

constexpr std::string_view kBothWays =
    "a server that reads no more while it cannot write has to take up reading again, or both sides "
    "wait for ever (RFC 9112, section 9.3.2)";

constexpr Check kChecks[] = {
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
    {.id = "http.pipeline.shorter",
     .when = "a long request and part or all of a short one come in one write",
     .must = "answer both",
     .because = kOrder,
     .needs = {.http = true},
     .blames = kPipelineBlames,
     .run = run_pipeline_shorter},
    {.id = "http.pipeline.bad-second",
     .when = "a malformed request follows a valid one in the same write",
     .must = "answer the valid one whole, and then refuse or close",
     .because = kOrder,
     .needs = {.http = true},
     .blames = kPipelineBlames,
     .run = run_bad_second},
    {.id = "http.pipeline.unread",
     .when = "a client sends 300 requests and reads nothing until it can send no more",
     .must = "answer all, or say at which the connection ends",
     .because = kBothWays,
     .needs = {.http = true},
     .blames = kResumeBlames,
     .run = run_pipeline_unread},
};

}  // namespace

std::span<const Check> http_pipeline_checks() { return kChecks; }

}  // namespace e3
