// SPDX-License-Identifier: MIT
// The scanning loops need no bounds check: a head ends with LF, and no byte class contains LF.
#include "e3/server/request_parser.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "e3/server/characters.h"
#include "e3/server/field_semantics.h"

namespace e3::server {

namespace {

bool is_served(std::string_view method) {
  constexpr std::string_view kAll[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"};
  return std::find(std::begin(kAll), std::end(kAll), method) != std::end(kAll);
}

constexpr std::uint64_t repeat(std::uint8_t byte) { return 0x0101010101010101u * byte; }

// Marks, in the top bit of each byte, bytes below 0x20 and DEL. No such byte goes unmarked below
// the lowest mark; a borrow or a carry can mark others, so whoever uses a mark looks at the byte.
constexpr std::uint64_t control_marks(std::uint64_t word) {
  return ((word - repeat(0x20)) | (word + repeat(0x01))) & ~word & repeat(0x80);
}

// The first byte at or after `at` that a field value cannot hold (RFC 9110 section 5.5). HTAB it
// can.
const char* skip_value(const char* at, const char* end) {
  while (true) {
    while (end - at >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, sizeof word);
      const std::uint64_t marks = control_marks(word);
      if (marks != 0) {
        if constexpr (std::endian::native == std::endian::little) at += std::countr_zero(marks) / 8;
        break;
      }
      at += 8;
    }
    while (*at != '\t' && static_cast<unsigned char>(*at) >= 0x20 && *at != 0x7f) ++at;
    if (*at != '\t') return at;
    ++at;
  }
}

// The first byte at or after `at` that is not of the class. LF is in no class, and ends every head.
const char* skip_class(const ByteClass& table, const char* at) {
  while (is_in(table, *at)) ++at;
  return at;
}

// Past a line end, or nullptr where none begins.
const char* skip_line_end(const char* at) {
  if (*at == '\n') return at + 1;
  if (*at == '\r' && at[1] == '\n') return at + 2;
  return nullptr;
}

class HeadParser {
 public:
  HeadParser(std::string_view head, const ParserLimits& limits, Request& request)
      : at_(head.data()), end_(at_ + head.size()), limits_(limits), request_(request) {}

  Refusal parse() {
    if (const char* after = skip_line_end(at_); after != nullptr && after != end_) at_ = after;
    if (const Refusal refusal = parse_request_line(); refusal != Refusal::kNone) return refusal;
    if (const Refusal refusal = parse_fields(); refusal != Refusal::kNone) return refusal;
    return semantics_.finish(request_);
  }

 private:
  static constexpr std::ptrdiff_t kVersionSize = 8;

  Refusal parse_request_line() {
    const char* const line = at_;
    at_ = skip_class(kTokenBytes, at_);
    request_.method_name = {line, static_cast<std::size_t>(at_ - line)};
    if (request_.method_name.empty() || *at_ != ' ') return Refusal::kMalformedRequestLine;
    const char* const target = ++at_;
    at_ = skip_class(kTargetBytes, at_);
    const bool is_ascii = static_cast<unsigned char>(*at_) < 0x80;
    if (!is_ascii) at_ = skip_class(kNationalTargetBytes, at_);
    request_.target = {target, static_cast<std::size_t>(at_ - target)};
    if (*at_ != ' ') {
      const bool ends_here = skip_line_end(at_) != nullptr;
      return ends_here ? Refusal::kMalformedRequestLine : Refusal::kInvalidTarget;
    }
    if (request_.target.empty()) return Refusal::kMalformedRequestLine;
    ++at_;
    const char* const version = at_;
    if (const Refusal refusal = parse_version(); refusal != Refusal::kNone) return refusal;
    if (static_cast<std::size_t>(version + kVersionSize - line) > limits_.request_line) {
      return Refusal::kRequestLineTooLong;
    }
    if (request_.minor_version > 0 && !is_ascii) return Refusal::kInvalidTarget;
    if (!is_served(request_.method_name)) return Refusal::kUnknownMethod;
    return interpret_target(request_) ? Refusal::kNone : Refusal::kInvalidTarget;
  }

  // "HTTP/" DIGIT "." DIGIT and the line end.
  Refusal parse_version() {
    constexpr std::string_view kName = "HTTP/";
    if (end_ - at_ <= kVersionSize || std::memcmp(at_, kName.data(), kName.size()) != 0 ||
        !is_in(kDigits, at_[5]) || at_[6] != '.' || !is_in(kDigits, at_[7])) {
      return Refusal::kMalformedRequestLine;
    }
    const char major = at_[5];
    const char minor = at_[7];
    at_ = skip_line_end(at_ + kVersionSize);
    if (at_ == nullptr) return Refusal::kMalformedRequestLine;
    if (major != '1') return Refusal::kUnsupportedVersion;
    request_.minor_version = minor == '0' ? 0 : 1;
    return Refusal::kNone;
  }

  Refusal parse_fields() {
    while (true) {
      if (at_ == end_) return Refusal::kMalformedField;  // no empty line
      if (const char* after = skip_line_end(at_)) {
        return after == end_ ? Refusal::kNone : Refusal::kMalformedField;
      }
      Field field;
      if (!parse_field(field)) return Refusal::kMalformedField;
      if (request_.fields.size() == limits_.fields) return Refusal::kTooManyFields;
      request_.fields.push_back(field);
      if (!FieldSemantics::may_matter(field.name)) continue;
      if (const Refusal refusal = semantics_.take(field, request_); refusal != Refusal::kNone) {
        return refusal;
      }
    }
  }

  bool parse_field(Field& field) {
    const char* const name = at_;
    const char* at = skip_class(kTokenBytes, name);
    if (at == name || *at != ':') return false;
    field.name = {name, static_cast<std::size_t>(at - name)};
    ++at;
    while (*at == ' ' || *at == '\t') ++at;
    const char* const value = at;
    at = skip_value(at, end_);
    const char* value_end = at;
    while (value_end != value && (value_end[-1] == ' ' || value_end[-1] == '\t')) --value_end;
    field.value = {value, static_cast<std::size_t>(value_end - value)};
    at_ = skip_line_end(at);
    return at_ != nullptr;
  }

  const char* at_;
  const char* end_;
  const ParserLimits& limits_;
  Request& request_;
  FieldSemantics semantics_;
};

void clear(Request& request) {
  std::vector<Field> fields = std::move(request.fields);  // keeps its memory
  fields.clear();
  request = {};
  request.fields = std::move(fields);
}

}  // namespace

Refusal parse_request(std::string_view head, const ParserLimits& limits, Request& request) {
  clear(request);
  if (!head.ends_with('\n')) return Refusal::kMalformedRequestLine;
  return HeadParser(head, limits, request).parse();
}

}  // namespace e3::server
