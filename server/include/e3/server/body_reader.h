// SPDX-License-Identifier: MIT
// Finds where a request body ends, by length or by the chunked coding (RFC 9112 sections 6.2
// and 7.1), and drops its bytes. Strict: chunk framing wants CR LF, and no white space where the
// grammar has none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace e3::server {

class BodyReader {
 public:
  // A body of `length` bytes.
  void start_length(std::uint64_t length);
  // A chunked body: at most `content_limit` bytes of content, and `framing_limit` bytes of leading
  // zeros, chunk extensions and trailer fields.
  void start_chunked(std::uint64_t content_limit, std::size_t framing_limit);

  enum class State {
    kMore,       // all was taken, and more belongs to the body
    kComplete,   // the body has ended; what was not consumed follows it
    kMalformed,  // the chunked coding is broken: what follows cannot be told apart
    kTooLarge,
  };
  struct Result {
    State state;
    std::size_t consumed;
  };
  Result consume(std::string_view bytes);

 private:
  enum class At : std::uint8_t {
    // The places of chunk framing, which step() has a table for.
    kSize,
    kExtension,
    kSizeLineFeed,
    kContentReturn,
    kContentLineFeed,
    kTrailerBegin,
    kTrailerName,
    kTrailerValue,
    kTrailerLineFeed,
    kLastLineFeed,
    kSizeBlanks,  // which only an extension may follow
    // The others.
    kSizeBegin,
    kContent,
    kEnd,
  };

  State step(char byte);
  State take_size_digit(char byte);
  State move_to(At next);
  State count_framing();

  std::uint64_t remaining_ = 0;  // bytes of content in this chunk, or in the body
  std::uint64_t content_left_ = 0;
  std::size_t framing_left_ = 0;
  At at_ = At::kEnd;
  bool chunked_ = false;
};

}  // namespace e3::server
