// SPDX-License-Identifier: MIT
// A second reading of a request head, slow and obvious: line by line, with copies. Is there really
// in this head what e3::server gave as its reason to refuse it? And where would its body end?
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "e3/server/request_parser.h"

namespace e3::fuzz {

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text);

// Without the white space around it (RFC 9110 section 5.6.3).
std::string trimmed(std::string_view text);

// Of a comma-separated list, without the white space around each; those that are empty as well.
std::vector<std::string> elements_of(std::string_view list);

// Whether `head`, a whole head as RequestAccumulator delivers it, has the fault that `refusal`
// names.
bool has_fault(std::string_view head, e3::server::Refusal refusal,
               const e3::server::ParserLimits& limits);

// How the body of a request that has no fault is framed, and whether its connection persists.
struct PlainFraming {
  bool chunked = false;
  std::uint64_t length = 0;
  bool persists = false;
};
PlainFraming framing_of(std::string_view head);

}  // namespace e3::fuzz
