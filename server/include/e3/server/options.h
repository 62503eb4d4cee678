// SPDX-License-Identifier: MIT
// What a server is told: its protocol, its limits and its patience. Every default is meant for
// production.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace e3::server {

enum class Protocol {
  kEcho,   // every byte back until the client ends its side
  kHello,  // any request head is answered with a fixed greeting, then close
  kHttp,   // the request target without its first character comes back as the body
};

// Sizes in bytes. What exceeds one is refused with the status named.
struct Limits {
  std::size_t request_line = 8192;  // 414; RFC 9112 section 3 asks for at least 8000
  std::size_t head = 32768;         // request line and fields together; 431
  std::size_t fields = 100;         // how many header fields; 431
  std::size_t output = 32768;       // unsent bytes per connection at which reading stops
  std::size_t reads_per_turn =
      16;  // receive calls for one connection before the others get their turn
  std::size_t accepts_per_turn = 64;  // accepted connections before the others get their turn
};

// Measured on the monotonic clock.
struct Timeouts {
  std::chrono::milliseconds head{
      10'000};  // from the first byte (or accept) to the end of the head, in total
  std::chrono::milliseconds write{30'000};  // without a single byte taken by the peer
  std::chrono::milliseconds linger{2'000};  // from the last byte sent to the peer's end of input
  std::chrono::milliseconds accept_retry{
      100};  // after accept failed for want of descriptors or memory
};

struct Options {
  Protocol protocol = Protocol::kHttp;
  std::optional<std::string> fixed_date;  // the text of every Date field, for reproducible answers
  std::function<void(std::string_view)> log;  // one line per connection event, without a line end
  Limits limits;
  Timeouts timeouts;
};

}  // namespace e3::server
