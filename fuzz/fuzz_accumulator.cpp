// SPDX-License-Identifier: MIT
// However a byte stream is split, RequestAccumulator and BodyReader find the same heads and bodies
// in it, and they are those that a naive search finds. A head that begins with a digit is followed
// by a body of so many bytes, one that begins with '#' by a chunked one: what announces bodies in
// HTTP would leave too little of a short stream. In the input a byte 0xFF is a boundary between two
// reads; all else is the stream.
#include <array>
#include <bitset>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "e3/server/body_reader.h"
#include "e3/server/request_accumulator.h"
#include "finding.h"
#include "plain_body.h"

namespace {

using e3::fuzz::PlainBody;
using e3::fuzz::require;
using e3::server::BodyReader;
using e3::server::RequestAccumulator;

constexpr char kBoundary = '\xff';
// Longer streams show nothing that these do not, and cost executions.
constexpr std::size_t kStreamSizeMax = 64;
constexpr std::size_t kLimits[] = {24, kStreamSizeMax + 1};

constexpr char kChunked = '#';

// Where in a stream each head and each body ends, and what came of the rest of it.
struct Reading {
  std::bitset<kStreamSizeMax + 1> ends;
  std::string_view partial;  // of a head
  bool too_long = false;
  PlainBody::State body = PlainBody::State::kComplete;

  friend bool operator==(const Reading&, const Reading&) = default;
};

// The length of the body that a head announces; 0 for none.
std::size_t announced_length(std::string_view head) {
  return head.front() >= '0' && head.front() <= '9' ? static_cast<std::size_t>(head.front() - '0')
                                                    : 0;
}

PlainBody read_body_naively(std::string_view head, std::string_view rest, std::size_t limit) {
  if (head.front() == kChunked) return e3::fuzz::read_chunked_plainly(rest, limit);
  PlainBody body;
  body.size = announced_length(head);
  if (body.size <= rest.size()) body.state = PlainBody::State::kComplete;
  return body;
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
    const PlainBody body = read_body_naively(admitted, stream.substr(begin), limit);
    reading.body = body.state;
    if (body.state != PlainBody::State::kComplete) return reading;
    begin += body.size;
    reading.ends.set(begin);
  }
}

// Feeds one read after another, as a connection does.
class Feeder {
 public:
  Feeder(std::string_view stream, std::size_t limit)
      : stream_(stream), limit_(limit), accumulator_(limit) {}

  // One read, of what the stream holds up to `end`.
  void feed_to(std::size_t end) {
    std::string_view read = stream_.substr(fed_, end - fed_);
    fed_ = end;
    while (!read.empty() && !over_) {
      if (in_body_) {
        feed_body(read);
      } else {
        feed_head(read);
      }
    }
  }

  const Reading& finish() {
    if (in_body_) {
      if (!over_) reading_.body = PlainBody::State::kUnfinished;
    } else {
      reading_.partial = stream_.substr(begin_, taken_ - begin_);
    }
    require(accumulator_.partial() == reading_.partial, "the partial head is not what was fed");
    return reading_;
  }

 private:
  void take(std::string_view& read, std::size_t consumed) {
    require(consumed <= read.size(), "consumed more than was given");
    read.remove_prefix(consumed);
    taken_ += consumed;
  }

  void feed_head(std::string_view& read) {
    const RequestAccumulator::Result result = accumulator_.feed(read);
    take(read, result.consumed);
    const std::string_view so_far = stream_.substr(begin_, taken_ - begin_);
    switch (result.state) {
      case RequestAccumulator::State::kIncomplete:
        require(read.empty(), "incomplete, yet input was left");
        break;
      case RequestAccumulator::State::kComplete:
        require(result.head == so_far, "the head is not what was fed");
        end_part();
        start_body(so_far);
        break;
      case RequestAccumulator::State::kTooLong:
        reading_.too_long = over_ = true;
        break;
    }
  }

  void start_body(std::string_view head) {
    if (head.front() == kChunked) {
      body_.start_chunked(limit_, kStreamSizeMax);
      in_body_ = true;
    } else if (const std::size_t length = announced_length(head); length != 0) {
      body_.start_length(length);
      in_body_ = true;
    }
  }

  void feed_body(std::string_view& read) {
    const BodyReader::Result result = body_.consume(read);
    take(read, result.consumed);
    switch (result.state) {
      case BodyReader::State::kMore:
        require(read.empty(), "more is wanted, yet input was left");
        return;
      case BodyReader::State::kComplete:
        in_body_ = false;
        end_part();
        return;
      case BodyReader::State::kMalformed:
        reading_.body = PlainBody::State::kMalformed;
        break;
      case BodyReader::State::kTooLarge:
        reading_.body = PlainBody::State::kTooLarge;
        break;
    }
    over_ = true;
  }

  void end_part() {
    begin_ = taken_;
    reading_.ends.set(taken_);
  }

  std::string_view stream_;
  std::size_t limit_;
  RequestAccumulator accumulator_;
  BodyReader body_;
  Reading reading_;
  std::size_t fed_ = 0;
  std::size_t taken_ = 0;
  std::size_t begin_ = 0;  // of the head or the body being read
  bool in_body_ = false;
  bool over_ = false;  // refused: nothing more is looked at
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
