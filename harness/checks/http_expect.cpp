// SPDX-License-Identifier: MIT
// HTTP: expectations, upgrades, and clients that speak something else.
#include <fmt/format.h>

#include <string>

#include "harness/checks/catalogue.h"
#include "harness/checks/http_case.h"
#include "harness/checks/http_exchange.h"
#include "harness/checks/http_traits.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

using namespace std::literals;

constexpr Level kMust = Level::kMust;
constexpr Level kMay = Level::kMay;
constexpr std::string_view kExpect = "RFC 9110, section 10.1.1";
constexpr HttpNeeds kPost11{.http11 = true, .post = true};

constexpr HttpCase kExpectations[] = {
    {{"body-at-once", kMust, kExpect},
     "{post}Content-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
     kYes | kNo,
     0,
     kPost11},
    {{"unknown", kMust, kExpect}, "{head}Expect: 200-ok\r\n\r\n", kYes | kNo},
    {{"without-body", kMust, kExpect}, "{head}Expect: 100-continue\r\n\r\n", kYes | kNo},
};

constexpr HttpCase kUpgrades[] = {
    {{"unknown", kMust, "RFC 9110, section 7.8"},
     "{head}Connection: upgrade\r\nUpgrade: foo\r\n\r\n",
     kYes | kNo},
    {{"websocket-without-key", kMust, "RFC 6455, section 4.2.1"},
     "{head}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n",
     kYes | kNo},
    {{"on-1.0", kMust, "RFC 9110, section 7.8"},
     "GET {target} HTTP/1.0\r\nHost: {host}\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
     kYes | kNo},
};

constexpr HttpCase kOthers[] = {
    {.variant = {"http2-preface", kMay, "RFC 9113, section 3.4"},
     .bytes = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
     .good = kNo | kNotHttp,
     .half_close = true},
    {.variant = {"tls-hello", kMay, "RFC 9112, section 2.2"},
     .bytes = "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n"sv,
     .good = kNo | kNotHttp,
     .half_close = true},
    {.variant = {"binary", kMay, "RFC 9112, section 2.2"},
     .bytes = "\x00\x01\x02\x80\xfe\xff\r\n\x00\x7f\r\n\r\n"sv,
     .good = kNo | kNotHttp,
     .half_close = true},
    {.variant = {"nothing", kMay, "RFC 9112, section 9.6"},
     .bytes = "",
     .good = kNo,
     .half_close = true},
};

// The client waits for leave to send its body, as curl does with large ones.
void run_continue(Session& session) {
  const HttpTraits& traits = http_traits(session);
  if (!traits.http11) throw NotApplicable{"the target is not HTTP/1.1"};
  if (!traits.takes_post) throw NotApplicable{"the target takes no POST"};
  session.sweep({"request", "requests"}, {1}, [&](std::size_t) {
    Peer peer = session.world().connect();
    peer.send(expanded("{post}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n", traits));
    // Nothing follows 100: waiting for more could outlast the server's time-out for the body.
    peer.receive(65536);
    Conversation before = answers_so_far(peer);
    if (before.interim.empty()) before = read_answers(peer, {});
    if (before.last() != nullptr) return;  // a final answer at once is an answer, too
    const bool told = !before.interim.empty() && before.interim.front() == 100;
    Violation silent{Symptom::kNoAnswer, "100, or a final answer", describe(before)};
    silent.waits_for_ever = before.ending == Ending::kOpen;
    if (!told) throw silent;
    peer.send("hello");
    const Conversation seen = read_answers(peer, {});
    Session::require(seen.last() != nullptr && has_body_of_post(*seen.last(), traits),
                     Symptom::kWrongAnswer, "the usual answer, once the body has come",
                     describe(seen));
  });
}

constexpr Blame kBlames[] = {{Symptom::kWrongAnswer, "http-expectation"},
                             {Symptom::kExtraAnswer, "http-expectation"},
                             {Symptom::kNoAnswer, "http-expectation"},
                             {Symptom::kBadLength, "http-answer-framing"}};
constexpr Blame kOtherBlames[] = {{Symptom::kWrongAnswer, "http-lenient-request-line"},
                                  {Symptom::kNoAnswer, "halfclose-leak"},
                                  {Symptom::kDied, "nul-and-binary"}};

constexpr Check kChecks[] = {
    {.id = "http.expect",
     .when = "a request carries an expectation",
     .must = "serve it, or refuse with 417",
     .because = "RFC 9110, section 10.1.1",
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_http_rows<kExpectations>,
     .variant_count = std::size(kExpectations),
     .variant = http_variant<kExpectations>},
    {.id = "http.expect.continue",
     .when = "the client waits for 100 before it sends the body",
     .must = "send 100 or a final answer, and then answer as usual",
     .because = "clients wait for it, curl a whole second (RFC 9110, section 10.1.1)",
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_continue},
    {.id = "http.upgrade",
     .when = "the client offers a protocol that the server does not speak, or not like this",
     .must = "answer in HTTP/1.1",
     .because = "101 promises the other protocol from the next byte on (RFC 9110, section 7.8)",
     .needs = {.http = true},
     .blames = kBlames,
     .run = run_http_rows<kUpgrades>,
     .variant_count = std::size(kUpgrades),
     .variant = http_variant<kUpgrades>},
    {.id = "http.other-protocol",
     .when = "the client speaks something else, or nothing, and ends its side",
     .must = "refuse or close",
     .because = "what is not HTTP gets 400 and a close (RFC 9112, section 2.2)",
     .needs = {.http = true},
     .blames = kOtherBlames,
     .run = run_http_rows<kOthers>,
     .variant_count = std::size(kOthers),
     .variant = http_variant<kOthers>},
};

}  // namespace

std::span<const Check> http_expect_checks() { return kChecks; }

}  // namespace e3
