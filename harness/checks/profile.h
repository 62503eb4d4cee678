// SPDX-License-Identifier: MIT
// What e3 says to a server, and what it may not compare in the answer. The answer itself is
// learned from an undisturbed exchange.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace e3 {

struct Profile {
  std::string_view name;
  std::string_view summary;
  std::string request;
  std::string large_request;  // asks for an answer larger than small socket buffers
  bool is_http = false;       // the answer has a status line; its Date may differ
  bool peer_ends = false;     // the request ends with the peer's half-close
};

std::span<const Profile> profiles();
// Null when there is none of that name.
const Profile* find_profile(std::string_view name);

// The answer with what may legitimately differ between two exchanges blanked out.
std::string masked(const Profile& profile, std::string_view answer);

// The three digits of an HTTP status line, or 0 when the answer does not begin with one.
int http_status(std::string_view answer);

}  // namespace e3
