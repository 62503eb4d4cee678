// SPDX-License-Identifier: MIT
#include "harness/faults/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "harness/faults/fault_match.h"

namespace e3 {
namespace {

constexpr int kErrnoMax = 133;

std::optional<int> errno_named(std::string_view name) {
  for (int number = 1; number <= kErrnoMax; ++number) {
    const char* known = strerrorname_np(number);
    if (known != nullptr && name == known) return number;
  }
  return std::nullopt;
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number > 0;
}

std::string_view next_word(std::string_view& text) {
  const std::size_t start = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(start);
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

// Results that ask the caller to try again. Only their end tells a server that does from one that
// spins.
bool must_end(const Fault& fault, const LegalResult& row) {
  return row.history != History::kDone && (fault.error == EINTR || fault.error == EAGAIN);
}

}  // namespace

std::string to_string(const Fault& fault) {
  std::string text(to_string(fault.call));
  if (fault.role != Role::kAny) text += fmt::format(" {}", to_string(fault.role));
  if (fault.nth != 1) text += fmt::format(" #{}", fault.nth);
  text += fault.error == 0 ? fmt::format(" short={}", fault.length)
                           : fmt::format(" {}", strerrorname_np(fault.error));
  if (fault.times == Fault::kAlways) {
    text += " always";
  } else if (fault.times != 1) {
    text += fmt::format(" x{}", fault.times);
  }
  return text;
}

std::optional<Fault> parse_fault(std::string_view text) {
  Fault fault;
  const std::optional<CallKind> call = call_kind_named(next_word(text));
  if (!call) return std::nullopt;
  fault.call = *call;
  std::string_view word = next_word(text);
  if (const std::optional<Role> role = role_named(word)) {
    fault.role = *role;
    word = next_word(text);
  }
  if (word.starts_with('#')) {
    if (!read_number(word.substr(1), fault.nth)) return std::nullopt;
    word = next_word(text);
  }
  constexpr std::string_view kShort = "short=";
  if (word.starts_with(kShort)) {
    if (!read_number(word.substr(kShort.size()), fault.length)) return std::nullopt;
  } else {
    const std::optional<int> error = errno_named(word);
    if (!error) return std::nullopt;
    fault.error = *error;
  }
  word = next_word(text);
  if (word == "always") {
    fault.times = Fault::kAlways;
    word = next_word(text);
  } else if (word.starts_with('x')) {
    if (!read_number(word.substr(1), fault.times)) return std::nullopt;
    word = next_word(text);
  }
  return word.empty() ? std::optional(fault) : std::nullopt;
}

std::optional<std::string> objection_to(const Fault& fault) {
  if (fault.nth == 0 || fault.times == 0 || fault.length == 0) {
    return "calls, times and bytes are counted from 1";
  }
  const auto rows = legal_results(fault.call);
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const LegalResult& r) { return stands_for(fault, r); });
  if (row == rows.end()) {
    return fmt::format("e3 knows of no kernel that answers {} like that", to_string(fault.call));
  }
  if (fault.times > Fault::kTriesMax && must_end(fault, *row)) {
    return fmt::format("no kernel answers with {} more than {} times in a row",
                       strerrorname_np(fault.error), Fault::kTriesMax);
  }
  return std::nullopt;
}

}  // namespace e3
