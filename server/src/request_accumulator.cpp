// SPDX-License-Identifier: MIT
#include "e3/server/request_accumulator.h"

#include <algorithm>
#include <cstring>

namespace e3::server {

namespace {

// The first line feed from `at` on, or `end`. Short reads are not worth a call.
const char* find_line_feed(const char* at, const char* end) {
  constexpr std::ptrdiff_t kWorthACall = 16;
  if (end - at >= kWorthACall) {
    const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
    return found == nullptr ? end : static_cast<const char*>(found);
  }
  while (at != end && *at != '\n') ++at;
  return at;
}

}  // namespace

// How many bytes reach up to and including the end of the head; 0 when it is not among them.
std::size_t RequestAccumulator::find_end(std::string_view bytes) {
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  Seen seen = seen_;
  for (const char* at = begin; at != end;) {
    if (seen == Seen::kOther) {
      at = find_line_feed(at, end);
      if (at == end) break;
      ++at;
      seen = Seen::kLineFeed;
      continue;
    }
    const char byte = *at++;
    if (byte == '\n') {
      seen_ = Seen::kOther;
      return static_cast<std::size_t>(at - begin);
    }
    seen = byte == '\r' && seen == Seen::kLineFeed ? Seen::kLineFeedReturn : Seen::kOther;
  }
  seen_ = seen;
  return 0;
}

RequestAccumulator::Result RequestAccumulator::feed(std::string_view bytes) {
  if (complete_) reset();
  const std::string_view admitted(bytes.data(), std::min(bytes.size(), limit_ - kept_.size()));
  const std::size_t found = find_end(admitted);
  if (found != 0) {
    complete_ = true;
    if (kept_.empty()) return {State::kComplete, found, {admitted.data(), found}};
    kept_.append(admitted.data(), found);
    return {State::kComplete, found, kept_};
  }
  kept_.append(admitted.data(), admitted.size());
  const State state = kept_.size() < limit_ ? State::kIncomplete : State::kTooLong;
  return {state, admitted.size(), kept_};
}

void RequestAccumulator::reset() {
  if (!kept_.empty()) std::string().swap(kept_);
  seen_ = Seen::kOther;
  complete_ = false;
}

}  // namespace e3::server
