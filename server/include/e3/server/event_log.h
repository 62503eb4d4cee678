// SPDX-License-Identifier: MIT
// One line per event, as key=value pairs in a fixed order; values from the wire are quoted and
// escaped, so that no client can forge a line.
#pragma once

#include <string>
#include <string_view>

namespace e3::server {

// `text` in double quotes, with backslash escapes for quotes, backslashes and all but visible
// ASCII.
std::string quoted(std::string_view text);

}  // namespace e3::server
