// SPDX-License-Identifier: MIT
// What a judge must know of HTTP.
#pragma once

#include <string>
#include <string_view>

#include "harness/explore/judge.h"

namespace e3::explore {

// Every Date is blanked out, and interim 100 responses are left out, since whether they come
// depends on when the body arrives (RFC 9110, section 10.1.1).
std::string comparable_http(std::string_view answer);

// Whether something follows a head with the option "close": who sends that has promised to send no
// more (RFC 9112, section 9.6), and a server that has believed it and closed cannot but reset what
// arrives. A body that belongs to the head counts as well, for what it is takes more to know.
bool sends_after_close_http(std::string_view sent);

// `request` gets an answer.
Protocol http_protocol(std::string request);

}  // namespace e3::explore
