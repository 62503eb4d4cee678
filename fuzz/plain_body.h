// SPDX-License-Identifier: MIT
// A second reading of the chunked coding (RFC 9112 section 7.1), line by line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace e3::fuzz {

struct PlainBody {
  enum class State { kComplete, kUnfinished, kMalformed, kTooLarge };
  State state = State::kUnfinished;
  std::size_t size = 0;  // kComplete: of the whole body, its trailer section included
  bool has_blank_after_size = false;
  // The lines of the trailer section without their ends: the last, as far as it is there or good.
  std::vector<std::string> trailers;
};

// `bytes` begin with a chunk size; `content_limit` is how much content is allowed.
PlainBody read_chunked_plainly(std::string_view bytes, std::size_t content_limit);

}  // namespace e3::fuzz
