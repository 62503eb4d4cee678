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

// Sizes in bytes. What a request exceeds is refused with the status named. None but the body's may
// be 0: with no share of a turn, for one, a server spins.
struct Limits {
  std::size_t request_line = 8192;   // 414; RFC 9112 section 3 asks for at least 8000
  std::size_t head = 32768;          // request line and fields together; 431
  std::size_t fields = 100;          // how many header fields; 431
  std::size_t body = 1 << 20;        // content of one request; 413
  std::size_t requests = 10'000;     // per connection; the last answer says that it is the last
  std::size_t connections = 50'000;  // at once; more wait in the listen queue
  std::size_t output = 32768;        // unsent answers of a connection at which it stops reading
  // What one connection, or one listener, may do before the others get their turn.
  std::size_t reads_per_turn = 16;
  std::size_t accepts_per_turn = 64;
};

// Measured on the monotonic clock. From 1 ms to 100 years: more would overflow its nanoseconds.
struct Timeouts {
  std::chrono::milliseconds head{10'000};   // from accept or the first byte to the head's end
  std::chrono::milliseconds body{10'000};   // without a byte of the body
  std::chrono::milliseconds idle{60'000};   // between two requests; an echo has none
  std::chrono::milliseconds write{30'000};  // without a byte taken by the peer
  std::chrono::milliseconds linger{2'000};  // from the last byte sent to the peer's end of input
  std::chrono::milliseconds drain{10'000};  // from drain() to the end, whatever is still open
  std::chrono::milliseconds accept_retry{100};  // after descriptors or memory ran out
};

struct Options {
  Protocol protocol = Protocol::kHttp;
  bool http10_only = false;                   // answer as HTTP/1.0 and close, whatever is asked
  std::optional<std::string> fixed_date;      // the text of every Date field, which has no line end
  std::function<void(std::string_view)> log;  // one line per event, without a line end
  Limits limits;
  Timeouts timeouts;
};

}  // namespace e3::server
