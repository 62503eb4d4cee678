// SPDX-License-Identifier: MIT
#include "e3/server/body_reader.h"

#include <algorithm>

#include "e3/server/characters.h"

namespace e3::server {

namespace {

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return digit - 'A' + 10;
}

bool is_control(char byte) {
  return (static_cast<unsigned char>(byte) < 0x20 && byte != '\t') || byte == 0x7f;
}

}  // namespace

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

// One byte of chunk framing. kMore: go on, perhaps from another place.
BodyReader::State BodyReader::step(char byte) {
  switch (at_) {
    case At::kSizeBegin:
      return is_in(kHexDigits, byte) ? take_size_digit(byte) : State::kMalformed;
    case At::kSize:
      if (is_in(kHexDigits, byte)) return take_size_digit(byte);
      if (byte == ';') {
        at_ = At::kExtension;
        return count_framing();
      }
      return expect(byte, '\r', At::kSizeLineFeed);
    case At::kExtension:
      if (!is_control(byte)) return count_framing();
      return expect(byte, '\r', At::kSizeLineFeed);
    case At::kSizeLineFeed:
      return expect(byte, '\n', remaining_ == 0 ? At::kTrailerBegin : At::kContent);
    case At::kContentReturn:
      return expect(byte, '\r', At::kContentLineFeed);
    case At::kContentLineFeed:
      return expect(byte, '\n', At::kSizeBegin);
    case At::kTrailerBegin:
      if (!is_in(kTokenBytes, byte)) return expect(byte, '\r', At::kLastLineFeed);
      at_ = At::kTrailerName;
      return count_framing();
    case At::kTrailerName:
      if (is_in(kTokenBytes, byte)) return count_framing();
      return expect(byte, ':', At::kTrailerValue);
    case At::kTrailerValue:
      if (!is_control(byte)) return count_framing();
      return expect(byte, '\r', At::kTrailerLineFeed);
    case At::kTrailerLineFeed:
      return expect(byte, '\n', At::kTrailerBegin);
    case At::kLastLineFeed:
      return expect(byte, '\n', At::kEnd);
    case At::kContent:
    case At::kEnd:
      break;
  }
  return State::kMalformed;
}

BodyReader::State BodyReader::take_size_digit(char byte) {
  constexpr std::uint64_t kShiftable = std::uint64_t{1} << 60;
  at_ = At::kSize;
  if (remaining_ >= kShiftable) return State::kMalformed;
  remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(hex_value(byte));
  // Leading zeros are no size, and an endless row of them is framing like any other.
  return remaining_ > content_left_ ? State::kTooLarge : count_framing();
}

BodyReader::State BodyReader::expect(char byte, char expected, At next) {
  if (byte != expected) return State::kMalformed;
  if (at_ == At::kSizeLineFeed) content_left_ -= remaining_;
  at_ = next;
  return State::kMore;
}

BodyReader::State BodyReader::count_framing() {
  if (framing_left_ == 0) return State::kTooLarge;
  --framing_left_;
  return State::kMore;
}

}  // namespace e3::server
