// SPDX-License-Identifier: MIT
// What the schedule fuzzers say to e3's own server.
#pragma once

#include "harness/explore/http_protocol.h"

namespace e3::fuzz {

inline explore::Protocol shipped_protocol() {
  return explore::http_protocol("GET /e3 HTTP/1.0\r\n\r\n");
}

}  // namespace e3::fuzz
