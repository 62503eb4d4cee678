// SPDX-License-Identifier: MIT
// What a server has done since it was made. Read them from the thread that runs it.
#pragma once

#include <cstdint>

namespace e3::server {

struct Counters {
  std::uint64_t accepted = 0;  // connections taken over, accepted or adopted
  std::uint64_t closed = 0;
  std::uint64_t requests = 0;  // answered with the protocol's answer
  std::uint64_t refusals = 0;  // answered with an error
  std::uint64_t timeouts = 0;
  std::uint64_t accept_failures = 0;  // descriptors or memory ran out
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
};

}  // namespace e3::server
