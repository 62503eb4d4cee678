// SPDX-License-Identifier: MIT
// The exchange by which a program is measured with and without a kernel: a request in three
// fragments, its answer read and checked, the connection closed.
#pragma once

#include <string_view>

namespace e3::bench {

inline constexpr std::string_view kFragments[] = {"GET /e3 HT", "TP/1.0\r\nHost: local",
                                                  "host\r\n\r\n"};

// Servers that answer with the path, with or without its slash, and close.
inline bool is_right(std::string_view answer) {
  return answer.starts_with("HTTP/1.") && answer.substr(8, 5) == " 200 " && answer.ends_with("e3");
}

}  // namespace e3::bench
