// SPDX-License-Identifier: MIT
// Parses a request head as RFC 9112 sections 2 to 6 define it, in one pass, without copying. Line
// ends may be CR LF or LF; everything else is strict, since leniency is where request smuggling
// lives. HTTP/1.0 targets may hold bytes from 0x80 up (RFC 1945 section 3.2.1 calls them
// "national"); HTTP/1.1 ones may not.
#pragma once

#include <cstddef>
#include <string_view>

#include "e3/server/request.h"

namespace e3::server {

struct ParserLimits {
  std::size_t request_line = 8192;  // bytes, without the line end
  std::size_t fields = 100;
};

// `head` reaches to the end of its empty line, as RequestAccumulator delivers it; one empty line
// before the request line is skipped (RFC 9112 section 2.2). `request` is overwritten; reuse one
// object to reuse its memory. After a refusal it holds what had been understood by then:
// method_name, target.
Refusal parse_request(std::string_view head, const ParserLimits& limits, Request& request);

}  // namespace e3::server
