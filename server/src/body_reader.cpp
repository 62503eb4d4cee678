// SPDX-License-Identifier: MIT
#include "e3/server/body_reader.h"

#include <algorithm>

#include "e3/server/characters.h"

namespace e3::server {

void BodyReader::start_length(std::uint64_t length) {
  chunked_ = false;
  remaining_ = length;
  at_ = length == 0 ? At::kEnd : At::kContent;
}

void BodyReader::start_chunked(std::uint64_t content_limit, std::size_t framing_limit) {
  chunked_ = true;
  remaining_ = 0;
  content_left_ = content_limit;
  framing_left_ = framing_limit;
  at_ = At::kSizeBegin;
}

BodyReader::Result BodyReader::consume(std::string_view bytes) {
  std::size_t consumed = 0;
  while (at_ != At::kEnd) {
    if (consumed == bytes.size()) return {State::kMore, consumed};
    if (at_ == At::kContent) {
      const auto take = std::min<std::uint64_t>(remaining_, bytes.size() - consumed);
      consumed += static_cast<std::size_t>(take);
      remaining_ -= take;
      if (remaining_ == 0) at_ = chunked_ ? At::kContentReturn : At::kEnd;
      continue;
    }
    const State state = step(bytes[consumed++]);
    if (state != State::kMore) return {state, consumed};
  }
  return {State::kComplete, consumed};
}

// One byte of chunk framing (RFC 9112 section 7.1). kMore: go on, perhaps from another place.
BodyReader::State BodyReader::step(char byte) {
  struct Place {
    const ByteClass* skipped;  // what may stand here, and is not looked at
    char expected;             // what then comes, and leads to the next place
    At next;
  };
  static constexpr Place kPlaces[] = {
      {nullptr, '\r', At::kSizeLineFeed},         // kSize
      {&kTextBytes, '\r', At::kSizeLineFeed},     // kExtension
      {nullptr, '\n', At::kContent},              // kSizeLineFeed
      {nullptr, '\r', At::kContentLineFeed},      // kContentReturn
      {nullptr, '\n', At::kSizeBegin},            // kContentLineFeed
      {nullptr, '\r', At::kLastLineFeed},         // kTrailerBegin
      {&kTokenBytes, ':', At::kTrailerValue},     // kTrailerName
      {&kTextBytes, '\r', At::kTrailerLineFeed},  // kTrailerValue
      {nullptr, '\n', At::kTrailerBegin},         // kTrailerLineFeed
      {nullptr, '\n', At::kEnd},                  // kLastLineFeed
      {&kBlanks, ';', At::kExtension},            // kSizeBlanks
  };
  const bool at_size = at_ == At::kSizeBegin || at_ == At::kSize;
  if (at_size && is_in(kHexDigits, byte)) return take_size_digit(byte);
  if (at_ == At::kSizeBegin) return State::kMalformed;
  if (at_ == At::kSize && byte == ';') at_ = At::kExtension;
  if (at_ == At::kSize && is_in(kBlanks, byte)) at_ = At::kSizeBlanks;
  if (at_ == At::kTrailerBegin && is_in(kTokenBytes, byte)) at_ = At::kTrailerName;
  const Place& place = kPlaces[static_cast<std::size_t>(at_)];
  if (place.skipped != nullptr && is_in(*place.skipped, byte)) return count_framing();
  return byte == place.expected ? move_to(place.next) : State::kMalformed;
}

BodyReader::State BodyReader::take_size_digit(char byte) {
  constexpr std::uint64_t kShiftable = std::uint64_t{1} << 60;
  at_ = At::kSize;
  if (remaining_ >= kShiftable) return State::kMalformed;
  const int digit = byte <= '9' ? byte - '0' : (byte | 0x20) - 'a' + 10;
  remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(digit);
  if (remaining_ > content_left_) return State::kTooLarge;
  // Leading zeros are no size, and an endless row of them is framing like any other.
  return remaining_ == 0 ? count_framing() : State::kMore;
}

BodyReader::State BodyReader::move_to(At next) {
  if (at_ == At::kSizeLineFeed) {
    content_left_ -= remaining_;
    if (remaining_ == 0) next = At::kTrailerBegin;
  }
  at_ = next;
  return State::kMore;
}

BodyReader::State BodyReader::count_framing() {
  if (framing_left_ == 0) return State::kTooLarge;
  --framing_left_;
  return State::kMore;
}

}  // namespace e3::server
