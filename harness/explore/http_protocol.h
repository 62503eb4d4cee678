// SPDX-License-Identifier: MIT
// What a judge must know of HTTP.
#pragma once

#include <string>
#include <string_view>

#include "harness/explore/judge.h"

namespace e3::explore {

// Every Date is blanked out, and interim 100 responses are left out, since whether they come
// depends on when the body arrives (RFC 9110, section 10.1.1). Chunks are joined, for where they
// end is the server's choice (RFC 9112, section 7.1).
std::string comparable_http(std::string_view answer);

// Whether an error, 408 say or 500, stands where the two begin to differ.
bool refuses_http(std::string_view got, std::string_view right);

// Whether something follows a head after which the connection ends, by the option "close" or since
// HTTP/1.0 does not ask for "keep-alive": who sends that sends no more (RFC 9112, sections 9.3 and
// 9.6), and a server that has believed it and closed cannot but reset what
// arrives. A body that belongs to the head counts as well, for what it is takes more to know.
bool sends_after_close_http(std::string_view sent);

// `request` gets an answer.
Protocol http_protocol(std::string request);

}  // namespace e3::explore
