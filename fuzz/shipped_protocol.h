// SPDX-License-Identifier: MIT
// What the schedule fuzzers say to e3's own server.
#pragma once

#include "harness/explore/judge.h"

namespace e3::fuzz {

inline explore::Protocol shipped_protocol() {
  return {.request = "GET /e3 HTTP/1.0\r\n\r\n", .comparable = explore::comparable_http};
}

}  // namespace e3::fuzz
