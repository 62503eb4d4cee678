// SPDX-License-Identifier: MIT
#include "harness/explore/profile_protocol.h"

#include "harness/explore/http_protocol.h"

namespace e3::explore {

Protocol protocol_of(const Profile& profile) {
  Protocol protocol = profile.is_http ? http_protocol(profile.request) : Protocol{};
  protocol.request = profile.request;
  protocol.large_request = profile.large_request;
  protocol.peer_ends = profile.peer_ends;
  protocol.may_close = profile.half_close == HalfClose::kMayClose;
  protocol.comparable = [&profile](std::string_view answer) {
    const std::string text = masked(profile, answer);
    return profile.is_http ? comparable_http(text) : text;
  };
  return protocol;
}

}  // namespace e3::explore
