// SPDX-License-Identifier: MIT
// Where the requests in a byte stream end, and what becomes of the connection: the decisions that
// two servers behind each other must take alike, else requests can be smuggled. Read three times:
// by e3::server, by http_parser, and plainly, as the RFC says it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "e3/server/options.h"

namespace e3::fuzz {

enum class Verdict {
  kAnswered,    // a whole request, accepted
  kRefused,     // an error response, or what http_parser calls an error
  kUnfinished,  // the stream ends within a request
};

struct Decision {
  Verdict verdict = Verdict::kAnswered;
  std::size_t end = 0;    // kAnswered: the offset of the first byte that is not the request's
  bool persists = false;  // kAnswered: another request may follow
  unsigned status = 0;    // kRefused by the server: of the response
  bool in_body = false;   // kUnfinished: the head was whole

  friend bool operator==(const Decision&, const Decision&) = default;
};

// One decision for each request, in order; nothing follows one that is refused, unfinished, or the
// last of its connection.
using Framing = std::vector<Decision>;

// Limits that leave room for every stream a fuzzer makes, save for bodies and the request line.
inline constexpr std::size_t kStreamSizeMax = 1024;
inline constexpr server::Limits kFramingLimits{
    .request_line = 256, .head = kStreamSizeMax + 1, .fields = 16, .body = 200, .output = 1};

// `boundaries`: offsets, in order, at which one read ends and the next begins.
Framing read_with_server(std::string_view stream, const std::vector<std::size_t>& boundaries);

Framing read_with_http_parser(std::string_view stream);

}  // namespace e3::fuzz
