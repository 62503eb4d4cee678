// SPDX-License-Identifier: MIT
// The protocols that answer requests, as pure functions of the bytes received: no descriptors, no
// clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "e3/server/request_accumulator.h"
#include "e3/server/turn.h"

namespace e3::server {

class Exchange {
 public:
  explicit Exchange(const Options& options) : accumulator_(options.limits.head) {}

  // Takes input and appends the answers due to turn.output. Returns how many bytes were consumed:
  // fewer than given once the exchange is over.
  std::size_t consume(std::string_view input, Turn& turn);

  // The peer has ended its side: nothing more will come. Answers a request cut short.
  void end_input(Turn& turn);

  // True once the last answer has been written: what the peer sends from here on is not looked at.
  bool is_over() const noexcept { return over_; }
  bool has_partial_head() const noexcept { return !accumulator_.partial().empty(); }

 private:
  void answer(std::string_view head, Turn& turn);
  void refuse(Status status, std::string_view reason, Turn& turn);

  RequestAccumulator accumulator_;
  bool over_ = false;
};

}  // namespace e3::server
