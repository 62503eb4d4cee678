// SPDX-License-Identifier: MIT
// A second reading of a request head, slow and obvious: line by line, with copies. It answers one
// question: is there really in this head what e3::server gave as its reason to refuse it?
#pragma once

#include <string_view>

#include "e3/server/request_parser.h"

namespace e3::fuzz {

// Whether `head`, a whole head as RequestAccumulator delivers it, has the fault that `refusal`
// names.
bool has_fault(std::string_view head, e3::server::Refusal refusal,
               const e3::server::ParserLimits& limits);

}  // namespace e3::fuzz
