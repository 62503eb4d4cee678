// SPDX-License-Identifier: MIT
#include "harness/checks/http_traits.h"

#include <fmt/format.h>

#include "harness/checks/http_exchange.h"
#include "harness/checks/learned.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

Conversation ask(Session& session, const HttpTraits& traits, std::string_view pattern) {
  Peer peer = session.world().connect();
  peer.send(expanded(pattern, traits));
  return read_answers(peer, {});
}

bool is_success(const Conversation& seen) {
  return seen.last() != nullptr && seen.last()->status / 100 == 2;
}

// Without what the profile says may differ. A mask may begin in the head.
std::string masked_body(const HttpAnswer& answer, const HttpTraits& traits) {
  if (traits.profile == nullptr) return answer.body;
  const std::string whole = masked(*traits.profile, answer.head + "\r\n" + answer.body);
  const std::size_t head_end = whole.find("\r\n\r\n");
  return head_end == std::string::npos ? "" : whole.substr(head_end + 4);
}

bool differ(const HttpAnswer& one, const Conversation& other, const HttpTraits& traits) {
  return other.last() != nullptr && masked_body(one, traits) != masked_body(*other.last(), traits);
}

constexpr std::string_view kPost =
    "POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n\r\nhello";

}  // namespace

bool has_body_of_get(const HttpAnswer& answer, const HttpTraits& traits) {
  return traits.get_varies || masked_body(answer, traits) == masked_body(traits.get, traits);
}

bool has_body_of_post(const HttpAnswer& answer, const HttpTraits& traits) {
  return traits.post_varies || masked_body(answer, traits) == masked_body(traits.post, traits);
}

bool has_fixed_length(const HttpTraits& traits) {
  return !traits.get_varies && masked_body(traits.get, traits) == traits.get.body;
}

void take_over_request(const std::string& request, HttpTraits& traits) {
  const std::string_view line = std::string_view(request).substr(0, request.find("\r\n"));
  const std::size_t begin = line.find(' ');
  const std::size_t end = begin == std::string_view::npos ? begin : line.find(' ', begin + 1);
  if (end != std::string_view::npos) traits.target = line.substr(begin + 1, end - begin - 1);
  if (const auto host = field_value(request, "Host")) traits.host = *host;
}

HttpTraits learn_http_traits(Session& session) {
  HttpTraits traits;
  traits.profile = &session.profile();
  take_over_request(session.request(), traits);
  const Conversation get = ask(session, traits, kPlainGet);
  if (!is_success(get)) {
    throw ControlFailed{
        fmt::format("a plain HTTP/1.1 GET was not answered with 2xx: {}", describe(get)),
        get.answers.empty() && get.ending == Ending::kOpen};
  }
  traits.get = get.answers.front();
  traits.get_varies = differ(traits.get, ask(session, traits, kPlainGet), traits);
  traits.http11 = traits.get.minor_version >= 1;
  traits.persistent = !traits.get.says_close && get.ending == Ending::kOpen;
  if (traits.persistent) {
    Peer peer = session.world().connect();
    peer.send(expanded("{get}{get}", traits));
    const Conversation both = read_answers(peer, {.answers = 2});
    traits.pipelines = both.answers.size() == 2 || both.ending != Ending::kOpen;
  }
  const Conversation post = ask(session, traits, kPost);
  traits.takes_post = is_success(post);
  if (post.last() != nullptr) traits.post = *post.last();
  if (!traits.takes_post) return traits;
  traits.post_varies = differ(traits.post, ask(session, traits, kPost), traits);
  Peer early = session.world().connect();
  early.send(expanded("{post}Content-Length: 5\r\n\r\n", traits));
  session.world().settle();
  traits.waits_for_body = read_answers(early, {.to_the_end = true}).answers.empty();
  const Conversation chunked =
      ask(session, traits,
          "POST {target} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
          "5\r\nhello\r\n0\r\n\r\n");
  traits.takes_chunked = is_success(chunked);
  return traits;
}

const HttpTraits& http_traits(Session& session) {
  Learned& learned = session.learned();
  if (session.profile().answers_alike) {
    throw NotApplicable{"the profile's server answers every request alike"};
  }
  if (!learned.http) learned.http = learn_http_traits(session);
  return *learned.http;
}

const HttpTraits& persistent_traits(Session& session) {
  const HttpTraits& traits = http_traits(session);
  if (!traits.persistent) throw NotApplicable{"the target closes after each answer"};
  return traits;
}

}  // namespace e3
