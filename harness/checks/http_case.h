// SPDX-License-Identifier: MIT
// HTTP checks as data: bytes that are sent, and the ways in which a good server may react.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "harness/checks/check.h"

namespace e3 {

class Session;

// How a server may react to a request. A row accepts a set of them.
enum Reaction : std::uint32_t {
  kServed = 1U << 0,              // every message 2xx, with the bodies of the undisturbed answers
  kSuccess = 1U << 1,             // every message 2xx, with some other body
  kServedThenEnds = 1U << 2,      // the first messages are served, then the connection ends
  kRefused = 1U << 3,             // 4xx or 5xx as the last answer; then the connection ends
  kRefusedOpen = 1U << 4,         // 4xx or 5xx as the last answer; the connection goes on
  kRedirected = 1U << 5,          // 3xx
  kSwitched = 1U << 6,            // 101
  kClosed = 1U << 7,              // ends the connection without an answer
  kWaits = 1U << 8,               // neither answers nor closes
  kNotHttp = 1U << 9,             // bytes that are no HTTP/1.x answer, as HTTP/0.9 had
  kServedAfterError = 1U << 10,   // goes on to serve bytes that follow a message it refused
  kServedThenRefused = 1U << 11,  // takes the first message, and refuses what follows it
};

// Any refusal will do; or one behind which nothing may be read as a message.
inline constexpr std::uint32_t kNo = kRefused | kRefusedOpen | kClosed;
inline constexpr std::uint32_t kNoAndEnds = kRefused | kClosed;
inline constexpr std::uint32_t kYes = kServed | kServedThenEnds;
inline constexpr std::uint32_t kAnySuccess = kYes | kSuccess;

// What the target must have for a row to mean anything.
struct HttpNeeds {
  bool http11 = false;      // calls itself HTTP/1.1
  bool persistent = false;  // keeps connections
  bool post = false;
  bool chunked = false;
  bool waits_for_body = false;  // answers a request when its body has come, not before
};

// What a row asks of a server that answers as HTTP/1.0.
enum class Http10 : std::uint8_t { kSame, kShould, kMay, kNothing };

struct HttpCase {
  Variant variant;
  std::string_view bytes;     // see expanded() in http_exchange.h
  std::uint32_t good;         // reactions
  std::uint32_t lenient = 0;  // reactions that are worth a warning
  HttpNeeds needs = {};
  Http10 http10 = Http10::kSame;
  std::size_t messages = 1;       // in `bytes`, when they are read as the standards say
  bool half_close = false;        // the peer ends its side after the bytes
  bool must_end = false;          // the connection must end, after an answer or by a time-out
  bool doubt_in_body = false;     // a server that answers before the body may do so, and then close
  int never = 0;                  // a status that is wrong here
  int may_refuse_with = 0;        // a status that is right here
  bool framing_is_clear = false;  // a refusal leaves no doubt about what follows: it may be served
  std::string_view not_in_head = {};  // text that no answer's head may hold
  bool lenient_may_be_right = false;  // no answer shows whether it is: never a failure
};

// Runs the row that the session's variant picks.
void run_http_case(Session& session, std::span<const HttpCase> rows);

// For Check: the variants of a table, and the function that runs its rows.
template <const auto& kRows>
Variant http_variant(std::size_t index) {
  return kRows[index].variant;
}
template <const auto& kRows>
void run_http_rows(Session& session) {
  run_http_case(session, kRows);
}

}  // namespace e3
