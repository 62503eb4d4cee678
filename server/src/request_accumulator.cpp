// SPDX-License-Identifier: MIT
#include "e3/server/request_accumulator.h"

#include <algorithm>
#include <cstring>

namespace e3::server {

// How many bytes reach up to and including the end of the head; 0 when it is not among them.
std::size_t RequestAccumulator::find_end(std::string_view bytes) {
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  const char* at = begin;
  while (at != end) {
    if (seen_ == Seen::kOther) {
      const void* line_feed = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
      if (line_feed == nullptr) return 0;
      at = static_cast<const char*>(line_feed) + 1;
      seen_ = Seen::kLineFeed;
      continue;
    }
    const char byte = *at++;
    if (byte == '\n') {
      seen_ = Seen::kOther;
      return static_cast<std::size_t>(at - begin);
    }
    seen_ = byte == '\r' && seen_ == Seen::kLineFeed ? Seen::kLineFeedReturn : Seen::kOther;
  }
  return 0;
}

RequestAccumulator::Result RequestAccumulator::feed(std::string_view bytes) {
  if (complete_) {
    complete_ = false;
    if (!kept_.empty()) reset();
  }
  const std::string_view admitted = bytes.substr(0, limit_ - kept_.size());
  const std::size_t found = find_end(admitted);
  if (found != 0) {
    complete_ = true;
    if (kept_.empty()) return {State::kComplete, found, admitted.substr(0, found)};
    kept_.append(admitted.substr(0, found));
    return {State::kComplete, found, kept_};
  }
  kept_.append(admitted);
  const bool full = kept_.size() >= limit_;
  return {full ? State::kTooLong : State::kIncomplete, admitted.size(), kept_};
}

void RequestAccumulator::reset() {
  std::string().swap(kept_);
  seen_ = Seen::kOther;
  complete_ = false;
}

}  // namespace e3::server
