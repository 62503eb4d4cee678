// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>

#include "harness/checks/http_exchange.h"
#include "harness/probe/questions.h"

namespace e3::probe {
namespace {

constexpr int kContinue = 100;
constexpr std::size_t kReadSize = 65536;

Conversation converse(Session& session, std::string_view bytes, const ReadPlan& plan) {
  Peer peer = session.world().connect();
  peer.send(bytes);
  return read_answers(peer, plan);
}

bool keeps(const Conversation& seen) {
  return seen.last() != nullptr && !seen.last()->says_close && seen.ending == Ending::kOpen;
}

bool keeps_1_0(Session& session) {
  HttpTraits asked;
  take_over_request(session.request(), asked);
  return keeps(converse(session,
                        expanded("GET {target} HTTP/1.0\r\nHost: {host}\r\n"
                                 "Connection: keep-alive\r\n\r\n",
                                 asked),
                        {}));
}

// Sends no body before it is asked for one. The invitation may come in pieces, and behind others.
bool continues(Session& session, const HttpTraits& traits) {
  Peer peer = session.world().connect();
  peer.send(expanded("{post}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n", traits));
  while (true) {
    const Conversation seen = answers_so_far(peer);
    const auto& interim = seen.interim;
    if (std::find(interim.begin(), interim.end(), kContinue) != interim.end()) return true;
    const bool is_over = seen.last() != nullptr || !seen.problem.empty();
    if (is_over || seen.ending != Ending::kOpen) return false;
    if (peer.receive(kReadSize) == 0 && peer.ending() == Ending::kOpen) return false;
  }
}

}  // namespace

void ask_about_http(Known& known, std::vector<Fact>& facts) {
  Session& session = *known.session;
  try {
    known.http = learn_http_traits(session);
  } catch (const ControlFailed&) {
    // The plain request was answered: it is HTTP/1.1 that is refused.
  }
  const bool http11 = known.http.has_value();
  facts.push_back({"http_versions", "accepts", std::string(http11 ? "1.0, 1.1" : "1.0"),
                   http11 ? "HTTP/1.0 and HTTP/1.1" : "HTTP/1.0 only"});
  facts.push_back(yes_or_no("keep_alive_1_0", "keep-alive, HTTP/1.0", keeps_1_0(session)));
  if (!http11) return;
  const HttpTraits& traits = *known.http;
  facts.push_back({"answers_as", "answers as", std::string(traits.http11 ? "1.1" : "1.0"),
                   traits.http11 ? "HTTP/1.1" : "HTTP/1.0"});
  facts.push_back(yes_or_no("keep_alive_1_1", "keep-alive, HTTP/1.1", traits.persistent));
  const Conversation two = converse(session, expanded("{get}{get}", traits), {.answers = 2});
  facts.push_back(yes_or_no("pipelining", "pipelining", two.answers.size() == 2));
  facts.push_back(yes_or_no("post", "takes POST", traits.takes_post));
  if (!traits.takes_post) return;
  facts.push_back(yes_or_no("waits_for_body", "waits for the body", traits.waits_for_body));
  facts.push_back(yes_or_no("chunked", "takes chunked bodies", traits.takes_chunked));
  facts.push_back(yes_or_no("continue", "sends 100 Continue", continues(session, traits)));
}

}  // namespace e3::probe
