// SPDX-License-Identifier: MIT
// A server that does nothing but the calls every edge-triggered server makes, and one whole
// exchange with a server: connect, three fragments, the answer checked, close.
#pragma once

#include <string_view>

#include "harness/world/engines/in_process_target.h"
#include "harness/world/world.h"

namespace e3::bench {

inline constexpr std::string_view kFragments[] = {"GET /e3 HT", "TP/1.0\r\nHost: local",
                                                  "host\r\n\r\n"};
// An empty head line and the content, which the shipped server gives, too.
inline constexpr std::string_view kAnswerEnd = "\r\n\r\ne3";

// Accepts, reads to the end of the request, answers, reads the end, closes. Wakes by itself after
// so many milliseconds without an event; -1: never.
InProcessTarget lean_server(int wait_milliseconds = -1);
// The same, started again in the same world whenever it has ended.
InProcessTarget restarting_server();

enum class Afterwards { kServerGoesOn, kServerEnds };

// False: the answer was wrong. A lean server can be made to end together with the connection.
bool exchange(World& world, Afterwards afterwards = Afterwards::kServerGoesOn);

}  // namespace e3::bench
