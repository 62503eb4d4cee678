// SPDX-License-Identifier: MIT
// What the connections of one server share while they take their turns: the time, one receive
// buffer, one place to write answers. An idle connection therefore owns no buffer at all.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "e3/server/clock.h"
#include "e3/server/counters.h"
#include "e3/server/options.h"
#include "e3/server/request.h"
#include "e3/server/response.h"

namespace e3::server {

struct Turn {
  explicit Turn(Options given) : options(std::move(given)), responses(options.fixed_date) {}

  const Options options;
  bool draining = false;         // every answer is the last of its connection
  std::uint64_t connection = 0;  // whose turn it is, for the log
  Counters counters;
  Instant now{};                  // when the present batch of events was taken
  std::array<char, 16384> input;  // valid within one receive and its processing; not zeroed
  std::string output;             // answers on their way to one connection
  Request request;
  ResponseWriter responses;

  // A line about the connection whose turn it is. Call it only when options.log is set: lines cost.
  void log(std::string_view event, const std::string& details = {}) const {
    options.log("event=" + std::string(event) + " connection=" + std::to_string(connection) +
                details);
  }

  // Call before writing a response. A Date may be a little late, which saves most looks at the wall
  // clock.
  void refresh_date() {
    constexpr Instant kTolerated = std::chrono::milliseconds(50);
    if (now < date_valid_until) return;
    responses.set_time(wall_clock_now());
    date_valid_until = now + kTolerated;
  }
  Instant date_valid_until{};
};

}  // namespace e3::server
