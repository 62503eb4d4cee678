// SPDX-License-Identifier: MIT
#include "harness/checks/http_exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace e3 {
namespace {

constexpr int kSwitchingProtocols = 101;
constexpr std::size_t kReadSize = 65536;

// Parses everything from the front of what was received. Returns with how many bytes there would be
// more to see: a large answer is not looked at again after each read.
std::size_t parse_all(const std::string& received, const ReadPlan& plan, Conversation& seen) {
  seen.answers.clear();
  seen.interim.clear();
  seen.problem.clear();
  std::string_view bytes = received;
  std::size_t needed = 0;
  while (!bytes.empty()) {
    const AnswerContext context{.to_head = plan.first_is_to_head && seen.answers.empty(),
                                .input_ended = seen.ending != Ending::kOpen};
    HttpAnswer answer;
    const AnswerState state = take_answer(bytes, context, answer, seen.problem);
    needed = answer.bytes_needed;
    if (state != AnswerState::kComplete) break;
    needed = 0;
    const bool switches = answer.status == kSwitchingProtocols;
    if (answer.status < 200 && !switches) {
      seen.interim.push_back(answer.status);
      continue;
    }
    seen.answers.push_back(std::move(answer));
    if (switches) break;
  }
  seen.rest = bytes;
  const std::size_t parsed = received.size() - bytes.size();
  return parsed + std::min(needed, SIZE_MAX - parsed);
}

bool has_enough(const Conversation& seen, const ReadPlan& plan) {
  if (!seen.problem.empty()) return true;
  const HttpAnswer* last = seen.last();
  if (last == nullptr || plan.to_the_end) return false;
  return seen.answers.size() >= plan.answers && !last->says_close;
}

struct Phrase {
  std::string_view word;
  std::string_view text;
};
constexpr Phrase kPhrases[] = {
    {"head", "GET {target} HTTP/1.1\r\nHost: {host}\r\n"},
    {"get", "GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"},
    {"post", "POST {target} HTTP/1.1\r\nHost: {host}\r\n"},
    {"chunked", "POST {target} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"},
};

void append_word(std::string& text, std::string_view word, const HttpTraits& traits) {
  if (word == "target") {
    text += traits.target;
    return;
  }
  if (word == "host") {
    text += traits.host;
    return;
  }
  for (const Phrase& phrase : kPhrases) {
    if (phrase.word == word) {
      text += expanded(phrase.text, traits);
      return;
    }
  }
  const std::size_t times = word.find('*');
  std::size_t count = 0;
  std::from_chars(word.data(), word.data() + times, count);
  for (std::size_t i = 0; i < count; ++i) text += word.substr(times + 1);
}

}  // namespace

bool is_usual(const HttpAnswer& answer, const HttpTraits& traits) {
  return answer.status / 100 == 2 && has_body_of_get(answer, traits);
}

Conversation read_answers(Peer& peer, const ReadPlan& plan) {
  Conversation seen;
  std::size_t needed = 0;
  bool waits = true;
  while (true) {
    seen.ending = peer.ending();
    const bool is_last = !waits || seen.ending != Ending::kOpen;
    if (is_last || peer.received().size() >= needed) {
      needed = parse_all(peer.received(), plan, seen);
    }
    if (is_last || has_enough(seen, plan)) return seen;
    waits = peer.receive(kReadSize) != 0 || peer.ending() != Ending::kOpen;
  }
}

Conversation answers_so_far(const Peer& peer) {
  Conversation seen;
  seen.ending = peer.ending();
  parse_all(peer.received(), {}, seen);
  return seen;
}

std::string expanded(std::string_view pattern, const HttpTraits& traits) {
  std::string text;
  while (true) {
    const std::size_t open = pattern.find('{');
    text += pattern.substr(0, open);
    if (open == std::string_view::npos) return text;
    const std::size_t close = pattern.find('}', open);
    const std::string_view word = pattern.substr(open + 1, close - open - 1);
    append_word(text, word, traits);
    pattern.remove_prefix(close + 1);
  }
}

std::string describe(const Conversation& seen) {
  std::string text;
  if (seen.answers.empty()) {
    text = "no answer";
  } else if (seen.answers.size() == 1) {
    text = fmt::format("status {}", seen.answers.front().status);
  } else {
    text = fmt::format("{} answers, the last with status {}", seen.answers.size(),
                       seen.answers.back().status);
  }
  if (!seen.problem.empty()) text += fmt::format(", {}", seen.problem);
  if (!seen.rest.empty()) text += fmt::format(", then {}", quoted(seen.rest, 40));
  return fmt::format("{}, {}", text, to_string(seen.ending));
}

}  // namespace e3
