// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>

#include "harness/scenario/spelling.h"
#include "harness/scenario/text_form.h"
#include "harness/world/transcript.h"

namespace e3::scenario {
namespace {

// A run this long is easier to read as a repetition.
constexpr std::size_t kRunMin = 24;

// Literals, and repetitions of long runs: "GET /" "e"*6000 " HTTP/1.0\r\n".
std::string print_bytes(std::string_view bytes) {
  std::string text;
  const auto add = [&](std::string_view literal, std::size_t times) {
    if (literal.empty()) return;
    text += (text.empty() ? "" : " ") + quoted(literal, std::string_view::npos);
    if (times > 1) text += fmt::format("*{}", times);
  };
  std::size_t literal = 0;
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t end = std::min(bytes.find_first_not_of(bytes[begin], begin), bytes.size());
    if (end - begin >= kRunMin) {
      add(bytes.substr(literal, begin - literal), 1);
      add(bytes.substr(begin, 1), end - begin);
      literal = end;
    }
    begin = end;
  }
  add(bytes.substr(literal), 1);
  return text;
}

std::string print_duration(std::uint64_t milliseconds) {
  for (const spelling::Unit& unit : spelling::kUnits) {
    if (milliseconds % unit.milliseconds == 0) {
      return fmt::format("{}{}", milliseconds / unit.milliseconds, unit.name);
    }
  }
  return {};  // not reached: the last unit divides everything
}

}  // namespace

std::string print(const Step& step) {
  const int peer = step.peer + 1;
  switch (step.verb) {
    case Verb::kSettle:
      return "settle";
    case Verb::kAdvance:
      return fmt::format("advance {}", print_duration(step.amount));
    case Verb::kFault:
      return "fault " + to_string(step.fault);
    case Verb::kSend:
      return fmt::format("peer{} > {}", peer, print_bytes(step.bytes));
    case Verb::kRead:
      if (step.amount == kReadAll) return fmt::format("peer{} < all", peer);
      return fmt::format("peer{} < {}", peer, step.amount);
    default:
      break;
  }
  const auto* spelled =
      std::find_if(std::begin(spelling::kPeerVerbs), std::end(spelling::kPeerVerbs),
                   [&](const spelling::PeerVerb& each) { return each.verb == step.verb; });
  return fmt::format("peer{} {}", peer, spelled->words);
}

std::string print(const Scenario& scenario) {
  std::string text;
  for (const Step& step : scenario) text += print(step) + "\n";
  return text;
}

}  // namespace e3::scenario
