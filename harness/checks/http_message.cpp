// SPDX-License-Identifier: MIT
#include "harness/checks/http_message.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>

namespace e3 {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

// All of `text` as a number; nothing when it holds anything but digits, or too many.
std::optional<std::size_t> whole_number(std::string_view text, int base) {
  std::size_t value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value, base);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "HTTP/1." DIGIT SP 3DIGIT SP: a server must send the second space even before an empty reason
// phrase (RFC 9112, section 4).
bool parse_status_line(std::string_view line, HttpAnswer& answer) {
  if (line.size() < 13 || !line.starts_with("HTTP/1.") || !is_digit(line[7]) || line[8] != ' ' ||
      !is_digit(line[9]) || !is_digit(line[10]) || !is_digit(line[11]) || line[12] != ' ') {
    return false;
  }
  answer.minor_version = line[7] - '0';
  answer.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  return answer.status >= 100;
}

bool lists(std::optional<std::string_view> value, std::string_view word) {
  while (value && !value->empty()) {
    const std::size_t comma = value->find(',');
    if (equal_ignoring_case(trimmed(value->substr(0, comma)), word)) return true;
    if (comma == std::string_view::npos) return false;
    value->remove_prefix(comma + 1);
  }
  return false;
}

// Each line of the head but the first has a name and a colon.
bool fields_are_well_formed(std::string_view head) {
  std::size_t at = head.find(kLineEnd) + kLineEnd.size();
  while (at < head.size()) {
    const std::size_t end = head.find(kLineEnd, at);
    const std::string_view line = head.substr(at, end - at);
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos ||
        line.substr(0, colon).find_first_of(" \t") != std::string_view::npos) {
      return false;
    }
    at = end + kLineEnd.size();
  }
  return true;
}

// Not beyond the largest number: lengths are what a server says.
std::size_t sum(std::size_t a, std::size_t b) { return a + std::min(b, SIZE_MAX - a); }

// Decodes a chunked body at the front of `bytes` and takes it off.
AnswerState take_chunks(std::string_view& bytes, HttpAnswer& answer, std::string& problem) {
  std::string_view rest = bytes;
  while (true) {
    const std::size_t line_end = rest.find(kLineEnd);
    if (line_end == std::string_view::npos) return AnswerState::kIncomplete;
    const std::string_view line = rest.substr(0, line_end);
    const auto size = whole_number(trimmed(line.substr(0, line.find(';'))), 16);
    if (!size) {
      problem = "a chunk size that is no hexadecimal number";
      return AnswerState::kMalformed;
    }
    rest.remove_prefix(line_end + kLineEnd.size());
    if (*size == 0) break;
    if (rest.size() < *size || rest.size() - *size < kLineEnd.size()) {
      answer.bytes_needed = sum(bytes.size() - rest.size(), *size);
      return AnswerState::kIncomplete;
    }
    answer.body.append(rest.substr(0, *size));
    if (rest.substr(*size, kLineEnd.size()) != kLineEnd) {
      problem = "a chunk that does not end where its size says";
      return AnswerState::kMalformed;
    }
    rest.remove_prefix(*size + kLineEnd.size());
  }
  while (true) {  // trailer fields, and the empty line
    const std::size_t line_end = rest.find(kLineEnd);
    if (line_end == std::string_view::npos) return AnswerState::kIncomplete;
    rest.remove_prefix(line_end + kLineEnd.size());
    if (line_end == 0) break;
  }
  bytes = rest;
  return AnswerState::kComplete;
}

// Two lengths: each reader believes the one that it reads (RFC 9112, section 6.3).
bool has_two_lengths(std::string_view head) {
  constexpr std::string_view kName = "Content-Length";
  const auto first = field_value(head, kName);
  auto value = first;
  while (value && value == first) {
    head.remove_prefix(static_cast<std::size_t>(value->data() + value->size() - head.data()));
    value = field_value(head, kName);
  }
  return value.has_value();
}

// What a server must not send (RFC 9110, section 8.6 and RFC 9112, section 6.1); empty when all
// is well.
std::string forbidden_framing(const HttpAnswer& answer) {
  const bool bodiless = answer.status < 200 || answer.status == 204;
  const auto length = field_value(answer.head, "Content-Length");
  if (bodiless && (length || answer.chunked)) return "a length on an answer that has no body";
  if (length && answer.chunked) return "both Content-Length and Transfer-Encoding";
  if (length && !answer.announced_length) return "a Content-Length that is no number";
  if (has_two_lengths(answer.head)) return "two Content-Lengths";
  return {};
}

AnswerState take_body(std::string_view& bytes, const AnswerContext& context, HttpAnswer& answer,
                      std::string& problem) {
  const bool bodiless = answer.status < 200 || answer.status == 204 || answer.status == 304;
  if (context.to_head || bodiless) return AnswerState::kComplete;
  if (answer.chunked) return take_chunks(bytes, answer, problem);
  if (answer.announced_length) {
    answer.bytes_needed = *answer.announced_length;
    if (bytes.size() < answer.bytes_needed) return AnswerState::kIncomplete;
    answer.body = bytes.substr(0, *answer.announced_length);
    bytes.remove_prefix(*answer.announced_length);
    return AnswerState::kComplete;
  }
  answer.ends_with_input = true;
  answer.bytes_needed = SIZE_MAX;
  if (!context.input_ended) return AnswerState::kIncomplete;
  answer.body = bytes;
  bytes = {};
  return AnswerState::kComplete;
}

}  // namespace

std::string_view trimmed(std::string_view text, std::string_view blanks) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

std::optional<std::string_view> field_value(std::string_view head, std::string_view name) {
  std::size_t at = std::min(head.find(kLineEnd), head.size());
  while (at < head.size()) {
    at += kLineEnd.size();
    const std::size_t end = std::min(head.find(kLineEnd, at), head.size());
    const std::string_view line = head.substr(std::min(at, head.size()), end - at);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name)) {
      return trimmed(line.substr(colon + 1));
    }
    at = end;
  }
  return std::nullopt;
}

AnswerState take_answer(std::string_view& bytes, const AnswerContext& context, HttpAnswer& answer,
                        std::string& problem) {
  answer = {};
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  constexpr std::string_view kBegin = "HTTP/1.";
  if (!bytes.starts_with(kBegin.substr(0, std::min(kBegin.size(), bytes.size())))) {
    problem = "bytes that begin no HTTP/1.x answer";
    return AnswerState::kMalformed;
  }
  const std::size_t head_end = bytes.find(kHeadEnd);
  if (head_end == std::string_view::npos) return AnswerState::kIncomplete;
  answer.head = bytes.substr(0, head_end + kLineEnd.size());
  if (!parse_status_line(std::string_view(answer.head).substr(0, answer.head.find(kLineEnd)),
                         answer)) {
    problem = "a malformed status line";
    return AnswerState::kMalformed;
  }
  if (!fields_are_well_formed(answer.head)) {
    problem = "a malformed field in the answer";
    return AnswerState::kMalformed;
  }
  const auto connection = field_value(answer.head, "Connection");
  answer.says_close =
      lists(connection, "close") || (answer.minor_version == 0 && !lists(connection, "keep-alive"));
  answer.chunked = lists(field_value(answer.head, "Transfer-Encoding"), "chunked");
  if (const auto length = field_value(answer.head, "Content-Length")) {
    answer.announced_length = whole_number(*length, 10);
  }
  if (problem = forbidden_framing(answer); !problem.empty()) return AnswerState::kMalformed;
  std::string_view rest = bytes.substr(head_end + kHeadEnd.size());
  const AnswerState state = take_body(rest, context, answer, problem);
  answer.bytes_needed = sum(head_end + kHeadEnd.size(), answer.bytes_needed);
  if (state == AnswerState::kComplete) bytes = rest;
  return state;
}

}  // namespace e3
