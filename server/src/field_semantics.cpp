// SPDX-License-Identifier: MIT
#include "e3/server/field_semantics.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "e3/server/characters.h"

namespace e3::server {

namespace {

// The first `Size` bytes in lower case, the rest of the word the same for all.
template <std::size_t Size>
std::uint64_t fold_case(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, Size);
  return word | 0x2020202020202020U;
}

// `expected` is made of letters, digits and hyphens. Bit 0x20 is all that upper case lacks, and no
// other byte that a name or a value can hold becomes one of those by it.
template <std::size_t SizeAndNul>
bool equals_ignoring_case(std::string_view text, const char (&expected)[SizeAndNul]) {
  constexpr std::size_t kSize = SizeAndNul - 1;
  constexpr std::size_t kTail = kSize % sizeof(std::uint64_t);
  if (text.size() != kSize) return false;
  for (std::size_t i = 0; i != kSize - kTail; i += sizeof(std::uint64_t)) {
    if (fold_case<8>(text.data() + i) != fold_case<8>(expected + i)) return false;
  }
  return fold_case<kTail>(text.data() + kSize - kTail) ==
         fold_case<kTail>(expected + kSize - kTail);
}

bool all_in(const ByteClass& table, std::string_view text) {
  return std::all_of(text.begin(), text.end(), [&](char byte) { return is_in(table, byte); });
}

// RFC 3986 section 3.2.2, without IPvFuture, with an optional port: uri-host [ ":" port ].
bool is_host_and_port(std::string_view text) {
  std::size_t host_size = 0;
  if (text.starts_with('[')) {
    host_size = text.find(']');
    if (host_size == std::string_view::npos) return false;
    in6_addr address{};
    const std::string literal(text.substr(1, host_size - 1));
    if (::inet_pton(AF_INET6, literal.c_str(), &address) != 1) return false;
    ++host_size;
  } else {
    while (host_size != text.size() && is_in(kHostBytes, text[host_size])) ++host_size;
    for (std::size_t at = 0; (at = text.substr(0, host_size).find('%', at)) != text.npos; ++at) {
      if (host_size - at < 3 || !all_in(kHexDigits, text.substr(at + 1, 2))) return false;
    }
  }
  if (host_size == 0) return false;  // RFC 9110 section 4.2.1: an http URI needs a host
  if (host_size == text.size()) return true;
  return text[host_size] == ':' && all_in(kDigits, text.substr(host_size + 1));
}

// Takes the next element off a comma-separated list (RFC 9110 section 5.6.1), without white space.
std::string_view take_element(std::string_view& list) {
  const std::size_t comma = std::min(list.find(','), list.size());
  std::string_view element = list.substr(0, comma);
  list.remove_prefix(std::min(comma + 1, list.size()));
  while (!element.empty() && is_in(kBlanks, element.front())) element.remove_prefix(1);
  while (!element.empty() && is_in(kBlanks, element.back())) element.remove_suffix(1);
  return element;
}

}  // namespace

bool interpret_target(Request& request) {
  const std::string_view target = request.target;
  if (target.front() == '/') {
    request.resource = target.substr(1);
    return true;
  }
  if (target == "*") return request.method_name == "OPTIONS";
  const std::size_t scheme_end = target.find("://");
  if (scheme_end == target.npos) return false;
  const std::string_view scheme = target.substr(0, scheme_end);
  if (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https")) return false;
  const std::string_view rest = target.substr(scheme_end + 3);
  const std::size_t authority_end = rest.find_first_of("/?");
  if (!is_host_and_port(rest.substr(0, authority_end))) return false;
  if (authority_end == rest.npos) return true;
  request.resource = rest.substr(authority_end + (rest[authority_end] == '/' ? 1 : 0));
  return true;
}

Refusal FieldSemantics::take(const Field& field, Request& request) {
  const auto is = [&field](const auto& name) { return equals_ignoring_case(field.name, name); };
  if (is("host")) return take_host(field.value, request);
  if (is("content-length")) return take_length(field.value, request);
  if (is("transfer-encoding")) return take_coding(field.value, request);
  if (is("connection")) take_connection(field.value);
  if (is("expect") && request.minor_version > 0) {
    if (!equals_ignoring_case(field.value, "100-continue")) return Refusal::kUnknownExpectation;
    request.expects_continue = true;
  }
  return Refusal::kNone;
}

Refusal FieldSemantics::take_host(std::string_view value, Request& request) {
  if (has_host_ || !is_host_and_port(value)) return Refusal::kInvalidHost;
  has_host_ = true;
  request.host = value;
  return Refusal::kNone;
}

// A second Content-Length is refused even where it says the same: nothing honest sends it.
Refusal FieldSemantics::take_length(std::string_view value, Request& request) {
  if (request.content_length.has_value() || value.empty() || !all_in(kDigits, value)) {
    return Refusal::kInvalidLength;
  }
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (error != std::errc{}) return Refusal::kInvalidLength;
  request.content_length = length;
  return Refusal::kNone;
}

// RFC 9112 section 6.3: where chunked is not the last of the codings, no one can tell the length.
Refusal FieldSemantics::take_coding(std::string_view value, Request& request) {
  while (!value.empty()) {
    const std::string_view coding = take_element(value);
    if (coding.empty()) continue;  // RFC 9110 section 5.6.1.2
    if (request.chunked) return Refusal::kConflictingLength;
    request.chunked = equals_ignoring_case(coding, "chunked");
    ++codings_;
  }
  return codings_ == 0 ? Refusal::kConflictingLength : Refusal::kNone;
}

void FieldSemantics::take_connection(std::string_view value) {
  while (!value.empty()) {
    const std::string_view option = take_element(value);
    if (equals_ignoring_case(option, "close")) close_ = true;
    if (equals_ignoring_case(option, "keep-alive")) keep_alive_ = true;
  }
}

Refusal FieldSemantics::finish(Request& request) const {
  if (request.minor_version > 0 && !has_host_) return Refusal::kMissingHost;
  const bool is_framed = request.chunked && request.minor_version > 0 && !request.content_length;
  if (codings_ != 0 && !is_framed) return Refusal::kConflictingLength;
  if (codings_ > 1) return Refusal::kUnknownCoding;
  request.promises_silence = close_ && request.minor_version > 0;
  request.keep_alive = !close_ && (request.minor_version > 0 || keep_alive_);
  return Refusal::kNone;
}

}  // namespace e3::server
