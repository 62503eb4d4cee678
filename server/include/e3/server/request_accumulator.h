// SPDX-License-Identifier: MIT
// Finds where a request head ends, however its bytes are split over reads. A head ends with an
// empty line: LF LF or LF CR LF (RFC 9112 section 2.2 lets a recipient take a bare LF for a line
// end). No byte is looked at twice, and none is copied when the whole head arrives in one read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace e3::server {

class RequestAccumulator {
 public:
  // `limit`: the longest head accepted, in bytes.
  explicit RequestAccumulator(std::size_t limit) : limit_(limit) {}

  enum class State {
    kIncomplete,  // every byte was taken and kept; more are needed
    kComplete,    // `head` is a whole head, its empty line included
    kTooLong,     // `limit` bytes hold no end; `head` is what was kept of them
  };
  struct Result {
    State state = State::kIncomplete;
    std::size_t consumed = 0;  // bytes taken from the argument; the rest belongs to what follows
    std::string_view head;     // valid until the next call, and no longer than the argument
  };

  // After kComplete the next call starts a new head; after kTooLong call reset() first.
  Result feed(std::string_view bytes);

  // Forgets a partial head and gives its memory back.
  void reset();

  // The bytes of the head that has begun and not ended.
  std::string_view partial() const noexcept {
    return complete_ ? std::string_view{} : std::string_view(kept_);
  }

 private:
  // What the scan has just seen.
  enum class Seen { kOther, kLineFeed, kLineFeedReturn };

  std::size_t find_end(std::string_view bytes);

  std::size_t limit_;
  std::string kept_;  // the partial head, or the last complete one if it came in several reads
  Seen seen_ = Seen::kOther;
  bool complete_ = false;
};

}  // namespace e3::server
