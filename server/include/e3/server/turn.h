// SPDX-License-Identifier: MIT
// What the connections of one server share while they take their turns: the time, one receive
// buffer, one place to write answers. An idle connection therefore owns no buffer at all.
#pragma once

#include <array>
#include <string>

#include "e3/server/clock.h"
#include "e3/server/options.h"
#include "e3/server/request.h"
#include "e3/server/response.h"

namespace e3::server {

struct Turn {
  explicit Turn(Options given) : options(std::move(given)), responses(options.fixed_date) {}

  const Options options;
  Instant now{};                    // when the present batch of events was taken
  std::array<char, 16384> input{};  // valid within one receive and its processing
  std::string output;               // answers on their way to one connection
  Request request;
  ResponseWriter responses;
};

}  // namespace e3::server
