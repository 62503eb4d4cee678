// SPDX-License-Identifier: MIT
// A parsed request head, and the reasons for which one is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace e3::server {

// The status codes this server sends (RFC 9110 section 15).
enum class Status : std::uint16_t {
  kOk = 200,
  kBadRequest = 400,
  kRequestTimeout = 408,
  kContentTooLarge = 413,
  kUriTooLong = 414,
  kExpectationFailed = 417,
  kRequestHeaderFieldsTooLarge = 431,
  kNotImplemented = 501,
  kVersionNotSupported = 505,
};

// Why a request is refused. Each has one status: see status_of().
enum class Refusal : std::uint8_t {
  kNone,
  kMalformedRequestLine,  // not "method SP target SP version" and a line end
  kInvalidTarget,         // a byte or a form that RFC 9112 section 3.2 does not allow
  kRequestLineTooLong,
  kUnknownMethod,
  kUnsupportedVersion,  // well-formed, but the major version is not 1
  kMalformedField,  // not "name: value" and a line end, a folded line, a control byte in a value
  kTooManyFields,
  kMissingHost,         // RFC 9112 section 3.2: HTTP/1.1 needs exactly one
  kInvalidHost,         // more than one, or not a host
  kInvalidLength,       // a Content-Length that is not one decimal number, or several of them
  kConflictingLength,   // Transfer-Encoding with Content-Length, in HTTP/1.0, or not ending in
                        // chunked
  kUnknownCoding,       // another transfer coding before chunked
  kUnknownExpectation,  // an Expect other than 100-continue
  // Not of the parser's finding:
  kHeadTooLong,
  kBodyTooLarge,
  kMalformedBody,  // its chunked coding is broken
  kCutShort,       // the peer ended its side within the request
  kTooSlow,
};

Status status_of(Refusal refusal);
std::string_view describe(Refusal refusal);

struct Field {
  std::string_view name;
  std::string_view value;  // without the white space around it
};

// Every view points into the head that was parsed.
struct Request {
  std::uint8_t minor_version = 0;  // 0 or 1; a higher one is served as 1 (RFC 9110 section 2.5)
  bool keep_alive = false;         // what the version and the Connection field come to
  bool promises_silence = false;   // "close" from a client of HTTP/1.1: it sends nothing more
  bool chunked = false;
  bool expects_continue = false;
  std::string_view method_name;  // one of those that are served, unless refused
  std::string_view target;       // as sent
  std::string_view resource;     // the target's path and query without the first slash
  std::string_view host;         // of the Host field; empty when there is none
  std::optional<std::uint64_t> content_length;
  std::vector<Field> fields;  // in the order sent
};

}  // namespace e3::server
