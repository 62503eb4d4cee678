// SPDX-License-Identifier: MIT
// However a byte stream is split, RequestAccumulator finds the same heads in it, and they are those
// that a naive search finds. In the input a byte 0xFF is a boundary between two reads; all else is
// the stream.
#include <array>
#include <bitset>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "e3/server/request_accumulator.h"
#include "finding.h"

namespace {

using e3::fuzz::require;
using e3::server::RequestAccumulator;

constexpr char kBoundary = '\xff';
// Longer streams show nothing that these do not, and cost executions.
constexpr std::size_t kStreamSizeMax = 64;
constexpr std::size_t kLimits[] = {24, kStreamSizeMax + 1};

// Where in a stream each head ends, what is left of it, and whether it broke the limit.
struct Reading {
  std::bitset<kStreamSizeMax + 1> ends;
  std::string_view partial;
  bool too_long = false;
};

bool operator==(const Reading& a, const Reading& b) {
  return a.ends == b.ends && a.partial == b.partial && a.too_long == b.too_long;
}

// The definition, as plainly as it can be said: a head ends at the first LF LF or LF CR LF.
Reading read_naively(std::string_view stream, std::size_t limit) {
  Reading reading;
  for (std::size_t begin = 0;;) {
    const std::string_view admitted = stream.substr(begin, limit);
    const std::size_t bare = admitted.find("\n\n");
    const std::size_t with_return = admitted.find("\n\r\n");
    if (bare == admitted.npos && with_return == admitted.npos) {
      reading.too_long = admitted.size() == limit;
      reading.partial = admitted;
      return reading;
    }
    begin += bare < with_return ? bare + 2 : with_return + 3;
    reading.ends.set(begin);
  }
}

// Feeds one read after another, as a connection does.
class Feeder {
 public:
  Feeder(std::string_view stream, std::size_t limit) : stream_(stream), accumulator_(limit) {}

  // One read, of what the stream holds up to `end`.
  void feed_to(std::size_t end) {
    std::string_view read = stream_.substr(fed_, end - fed_);
    fed_ = end;
    while (!read.empty() && !reading_.too_long) {
      const RequestAccumulator::Result result = accumulator_.feed(read);
      require(result.consumed <= read.size(), "consumed more than was given");
      read.remove_prefix(result.consumed);
      taken_ += result.consumed;
      note(result, read.empty());
    }
  }

  const Reading& finish() {
    reading_.partial = stream_.substr(head_begin_, taken_ - head_begin_);
    require(accumulator_.partial() == reading_.partial, "the partial head is not what was fed");
    return reading_;
  }

 private:
  void note(const RequestAccumulator::Result& result, bool all_taken) {
    const std::string_view so_far = stream_.substr(head_begin_, taken_ - head_begin_);
    switch (result.state) {
      case RequestAccumulator::State::kIncomplete:
        require(all_taken, "incomplete, yet input was left");
        break;
      case RequestAccumulator::State::kComplete:
        require(result.head == so_far, "the head is not what was fed");
        head_begin_ = taken_;
        reading_.ends.set(taken_);
        break;
      case RequestAccumulator::State::kTooLong:
        reading_.too_long = true;
        break;
    }
  }

  std::string_view stream_;
  RequestAccumulator accumulator_;
  Reading reading_;
  std::size_t fed_ = 0;
  std::size_t taken_ = 0;
  std::size_t head_begin_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::array<char, kStreamSizeMax> bytes;
  std::array<std::size_t, kStreamSizeMax> boundaries;
  std::size_t stream_size = 0;
  std::size_t boundary_count = 0;
  for (const char byte : input) {
    if (stream_size == bytes.size() || boundary_count == boundaries.size()) break;
    if (byte == kBoundary) {
      boundaries[boundary_count++] = stream_size;
    } else {
      bytes[stream_size++] = byte;
    }
  }
  const std::string_view stream(bytes.data(), stream_size);
  // One limit an execution, by a property that every mutation changes: twice the executions.
  const std::size_t limit = kLimits[size % std::size(kLimits)];
  const Reading expected = read_naively(stream, limit);
  Feeder whole(stream, limit);
  whole.feed_to(stream.size());
  require(whole.finish() == expected, "one read disagrees with the naive search");
  Feeder split(stream, limit);
  for (std::size_t i = 0; i != boundary_count; ++i) split.feed_to(boundaries[i]);
  split.feed_to(stream.size());
  require(split.finish() == expected, "the given split disagrees with the naive search");
  Feeder bytewise(stream, limit);
  for (std::size_t end = 1; end <= stream.size(); ++end) bytewise.feed_to(end);
  require(bytewise.finish() == expected, "single bytes disagree with the naive search");
  return 0;
}
