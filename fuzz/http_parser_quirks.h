// SPDX-License-Identifier: MIT
// Where http_parser departs from the RFCs, so that e3::server and it rightly differ.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "e3/server/request.h"

namespace e3::fuzz {

// http_parser takes a field whose name only begins with Transfer-Encoding for half a
// Transfer-Encoding: it forgets an earlier "chunked", and refuses a Content-Length.
bool has_prolonged_coding(const server::Request& request);

// RFC 9110 section 5.6.1.2: an empty element of Transfer-Encoding counts for nothing. http_parser
// takes it for another coding.
bool has_empty_coding(const server::Request& request);

// http_parser allows spaces after the values that it reads, but not the tabs that RFC 9110 section
// 5.6.3 allows as well: it refuses the number, and does not see "chunked" or "close".
bool has_tab_after(const server::Request& request, std::string_view name);

// http_parser takes a CR with any byte after it for the end of a line. e3::server reads on, and
// refuses the head when it has come to its end.
bool has_bare_return(std::string_view partial_head);

// The reason for which the two may frame a request that e3::server has accepted differently, or
// nothing. `trailers`: the lines of its trailer section.
std::string_view framing_quirk(const server::Request& request,
                               const std::vector<std::string>& trailers);

}  // namespace e3::fuzz
