// SPDX-License-Identifier: MIT
// The protocols that answer requests, as pure functions of the bytes received: no descriptors, no
// timers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "e3/server/body_reader.h"
#include "e3/server/request_accumulator.h"
#include "e3/server/response.h"
#include "e3/server/turn.h"

namespace e3::server {

class Exchange {
 public:
  explicit Exchange(const Options& options) : accumulator_(options.limits.head) {}

  // Takes input and appends the answers due to turn.output. Returns how many bytes were consumed:
  // fewer than given once the exchange is over, or when the answers have reached the output limit.
  // In the latter case call again with the rest when they have been sent.
  std::size_t consume(std::string_view input, Turn& turn);

  // The peer has ended its side: nothing more will come. A request cut short is refused.
  void end_input(Turn& turn) { end(Refusal::kCutShort, turn); }

  // The peer was too slow: a request that has begun is refused with 408.
  void time_out(Turn& turn) { end(Refusal::kTooSlow, turn); }

  enum class Stage {
    kFirstHead,  // before the first byte of the first request
    kIdle,       // between requests
    kHead,       // within a request's head
    kBody,       // within its body
    kOver,  // the last answer has been written: what the peer sends from here on is not looked at
  };
  Stage stage() const noexcept;
  bool is_over() const noexcept { return over_; }
  // Over, and the peer has said that it sends nothing more (RFC 9112 section 9.6: after "close" it
  // MUST NOT).
  bool peer_is_silent() const noexcept { return over_ && peer_is_silent_; }

  // Counts answered requests and consumed parts of bodies: when it moves, the peer is alive.
  std::uint32_t progress() const noexcept { return progress_; }

 private:
  void take_head(std::string_view head, bool more_follows, Turn& turn);
  std::size_t take_body(std::string_view input, Turn& turn);
  void start_body(const Request& request, bool more_follows, Turn& turn);
  void answer(std::string_view resource, Turn& turn);
  void refuse(Refusal refusal, Turn& turn);
  void end(Refusal refusal_of_partial_request, Turn& turn);

  RequestAccumulator accumulator_;
  BodyReader body_;
  std::string resource_;  // of the request whose body is being read
  ResponseForm form_;     // of the answer to the request being read
  std::uint32_t answered_ = 0;
  std::uint32_t progress_ = 0;
  bool persists_ = false;  // after the request being read
  bool in_body_ = false;
  bool peer_is_silent_ = false;
  bool over_ = false;
};

}  // namespace e3::server
