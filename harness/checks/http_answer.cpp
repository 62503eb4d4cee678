// SPDX-License-Identifier: MIT
// HTTP: what every answer owes its reader.
#include <fmt/format.h>

#include <ctime>
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

struct Question {
  Variant variant;
  std::string_view bytes;
};
constexpr std::string_view kFraming = "RFC 9112, sections 4 and 6.3";
constexpr Question kQuestions[] = {
    {{"1.1", kMust, kFraming}, "{get}"},
    {{"1.0", kMust, kFraming}, "GET {target} HTTP/1.0\r\nHost: {host}\r\n\r\n"},
    {{"refusal", kMust, kFraming}, "GET / HTTP/1.1 X\r\n\r\n"},
    {{"unknown-method", kMust, kFraming}, "FOOBAR {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"},
};
Variant question_variant(std::size_t index) { return kQuestions[index].variant; }

// Not built on the traits: those could not be learned from an answer that cannot be parsed.
void run_framing(Session& session) {
  HttpTraits traits;
  take_over_request(session.request(), traits);
  session.sweep({"request", "requests"}, {1}, [&](std::size_t) {
    Peer peer = session.world().connect();
    peer.send(expanded(kQuestions[session.variant()].bytes, traits));
    const Conversation seen = read_answers(peer, {});
    Session::require(seen.problem.empty() && (seen.rest.empty() || !seen.answers.empty()),
                     Symptom::kBadLength, "an answer that says where it ends", describe(seen));
    Session::require(!seen.answers.empty() || seen.ending != Ending::kOpen, Symptom::kNoAnswer,
                     "an answer, or the end", describe(seen));
  });
}

void run_head(Session& session) {
  const HttpTraits& traits = http_traits(session);
  // Anything behind the head of the first answer would be taken for the second.
  const std::string requests = expanded("HEAD {target} HTTP/1.1\r\nHost: {host}\r\n\r\n", traits) +
                               (traits.persistent ? expanded("{get}", traits) : "");
  session.sweep({"request", "requests"}, {1}, [&](std::size_t) {
    Peer peer = session.world().connect();
    peer.send(requests);
    const Conversation seen = read_answers(
        peer, {.answers = traits.persistent ? std::size_t{2} : 1, .first_is_to_head = true});
    const int status = seen.answers.empty() ? 0 : seen.answers.front().status;
    Session::require(status / 100 == 2, Symptom::kWrongAnswer, "2xx, as to GET",
                     status == 0 ? describe(seen) : fmt::format("status {} to HEAD", status));
    Session::require(seen.problem.empty() && seen.rest.empty(), Symptom::kBadLength,
                     "no byte of a body", describe(seen));
    if (!has_fixed_length(traits)) return;
    const auto announced = seen.answers.front().announced_length;
    const auto real = traits.get.announced_length;
    Session::require(!announced || !real || announced == real, Symptom::kBadLength,
                     fmt::format("Content-Length: {}, as to GET", real.value_or(0)),
                     fmt::format("Content-Length: {}", announced.value_or(0)));
  });
}

// An HTTP/1.0 client knows neither interim answers nor chunks.
void run_to_old_client(Session& session) {
  const HttpTraits& traits = http_traits(session);
  session.sweep({"request", "requests"}, {1}, [&](std::size_t) {
    Peer peer = session.world().connect();
    peer.send(
        expanded("GET {target} HTTP/1.0\r\nHost: {host}\r\nExpect: 100-continue\r\n\r\n", traits));
    const Conversation seen = read_answers(peer, {});
    Session::require(seen.last() != nullptr, Symptom::kNoAnswer, "an answer", describe(seen));
    Session::require(!seen.last()->chunked, Symptom::kBadLength, "no chunked answer",
                     describe(seen));
    Session::require(seen.interim.empty(), Symptom::kExtraAnswer, "no interim answer",
                     fmt::format("{} first", seen.interim.empty() ? 0 : seen.interim.front()));
  });
}

// "Sun, 06 Nov 1994 08:49:37 GMT", a day that there was, with its name (RFC 9110, section 5.6.7).
bool is_imf_fixdate(std::string_view date) {
  constexpr const char* kFormat = "%a, %d %b %Y %H:%M:%S GMT";
  tm parsed{};
  if (strptime(std::string(date).c_str(), kFormat, &parsed) == nullptr) return false;
  const std::time_t seconds = timegm(&parsed);
  tm real{};
  char text[64];
  gmtime_r(&seconds, &real);
  return date == std::string_view(text, std::strftime(text, sizeof text, kFormat, &real));
}

void run_date(Session& session) {
  const HttpTraits& traits = http_traits(session);
  session.sweep({"answer", "answers"}, {1}, [&](std::size_t) {
    const auto date = field_value(traits.get.head, "Date");
    Session::require(date.has_value(), Symptom::kWrongAnswer, "a Date", "none");
    Session::require(is_imf_fixdate(*date), Symptom::kWrongAnswer,
                     "a Date such as Sun, 06 Nov 1994 08:49:37 GMT", quoted(*date));
  });
}

void run_content_type(Session& session) {
  const HttpTraits& traits = http_traits(session);
  if (traits.get.body.empty()) throw NotApplicable{"the answer has no body"};
  session.sweep({"answer", "answers"}, {1}, [&](std::size_t) {
    Session::require(field_value(traits.get.head, "Content-Type").has_value(),
                     Symptom::kWrongAnswer, "a Content-Type", "none");
  });
}

constexpr Blame kBlames[] = {{Symptom::kBadLength, "http-answer-framing"},
                             {Symptom::kExtraAnswer, "http-answer-framing"},
                             {Symptom::kWrongAnswer, "http-answer-framing"},
                             {Symptom::kNoAnswer, "http-malformed-hangs"}};
constexpr Blame kFieldBlames[] = {{Symptom::kWrongAnswer, "http-answer-fields"}};

constexpr Check kChecks[] = {
    {.id = "http.answer.framing",
     .when = "a request is served or refused",
     .must = "answer with a whole status line, well-formed fields, and an end that can be found",
     .because = "a client that cannot tell where an answer ends takes the rest for the next one "
                "(RFC 9112, sections 4 and 6.3)",
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_framing,
     .variant_count = std::size(kQuestions),
     .variant = question_variant},
    {.id = "http.answer.to-head",
     .when = "HEAD is asked instead of GET",
     .must = "answer with the same head and no body",
     .because = "every server supports GET and HEAD, and HEAD has no body (RFC 9110, sections 9.1 "
                "and 9.3.2)",
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_head},
    {.id = "http.answer.to-1.0",
     .when = "an HTTP/1.0 client asks, also with Expect: 100-continue",
     .must = "send neither chunks nor an interim answer",
     .because = "RFC 9112, section 6.1; RFC 9110, sections 10.1.1 and 15.2",
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_to_old_client},
    {.id = "http.answer.date",
     .when = "a request is served",
     .must = "date the answer, in the one format that is left",
     .because = "a server with a clock dates its answers (RFC 9110, section 6.6.1)",
     .needs = {.http = true},
     .blames = kFieldBlames,
     .run = run_date,
     .level = kShould},
    {.id = "http.answer.content-type",
     .when = "an answer has a body",
     .must = "say what the body is",
     .because = "a client that must guess can be made to guess wrong (RFC 9110, section 8.3)",
     .needs = {.http = true},
     .blames = kFieldBlames,
     .run = run_content_type,
     .level = kShould},
};

}  // namespace

std::span<const Check> http_answer_checks() { return kChecks; }

}  // namespace e3
