// SPDX-License-Identifier: MIT
// Pipelined requests, three times: where does each end, and does the connection go on? e3::server
// must decide as a plain reading of the RFC does, however the stream is split over reads, and must
// have a fault to show for each request that it refuses: there it is stricter. Where http_parser
// decides otherwise about a request that e3::server accepts, it must be one of the known reasons in
// http_parser_quirks.h. In the input a byte 0xFF is a boundary between two reads; all else is the
// stream.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "e3/server/request_parser.h"
#include "finding.h"
#include "framing.h"
#include "http_parser_quirks.h"
#include "plain_body.h"
#include "plain_reading.h"

namespace {

using e3::fuzz::Decision;
using e3::fuzz::Framing;
using e3::fuzz::kFramingLimits;
using e3::fuzz::PlainBody;
using e3::fuzz::PlainFraming;
using e3::fuzz::require;
using e3::fuzz::Verdict;
using e3::server::ParserLimits;
using e3::server::Refusal;
using e3::server::Request;

constexpr char kBoundary = '\xff';
constexpr unsigned kUriTooLong = 414;
constexpr unsigned kContentTooLarge = 413;
constexpr unsigned kBadRequest = 400;
constexpr ParserLimits kParserLimits{.request_line = kFramingLimits.request_line,
                                     .fields = kFramingLimits.fields};

// Behind the first empty line, or npos.
std::size_t size_of_head(std::string_view rest) {
  const std::size_t bare = rest.find("\n\n");
  const std::size_t with_return = rest.find("\n\r\n");
  if (bare == rest.npos && with_return == rest.npos) return rest.npos;
  return bare < with_return ? bare + 2 : with_return + 3;
}

// What is left of the stream where a request begins, without the blank heads before it.
std::string_view without_blank_heads(std::string_view rest) {
  for (;;) {
    std::size_t size = 0;
    for (int line = 0; line != 2; ++line) {
      if (rest.substr(size, 2) == "\r\n") ++size;
      if (rest.substr(size, 1) != "\n") return rest;
      ++size;
    }
    rest.remove_prefix(size);
  }
}

// The whole head that `rest` begins with, or nothing.
std::string_view head_of(std::string_view rest) {
  const std::size_t size = size_of_head(rest);
  return size == rest.npos ? std::string_view() : rest.substr(0, size);
}

// Of a line that is whole or has only begun. Whatever else is wrong with it is not told.
bool has_long_line(std::string_view rest) {
  std::string_view line = rest.substr(0, rest.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line.size() > kFramingLimits.request_line;
}

// One request at the beginning of `rest`, read plainly as far as it is there.
struct PlainRequest {
  explicit PlainRequest(std::string_view rest) : head(head_of(rest)) {
    if (head.empty()) return;
    refusal = e3::server::parse_request(head, kParserLimits, request);
    if (refusal != Refusal::kNone) return;
    framing = e3::fuzz::framing_of(head);
    const std::string_view after = rest.substr(head.size());
    if (framing.chunked) {
      body = e3::fuzz::read_chunked_plainly(after, kFramingLimits.body);
    } else if (framing.length > kFramingLimits.body) {
      body.state = PlainBody::State::kTooLarge;
    } else if (framing.length <= after.size()) {
      body.state = PlainBody::State::kComplete;
      body.size = static_cast<std::size_t>(framing.length);
    }
  }

  std::string_view head;
  Request request;
  Refusal refusal = Refusal::kNone;
  PlainFraming framing;
  PlainBody body;
};

void require_fault(const PlainRequest& plain, std::string_view rest, unsigned status) {
  if (has_long_line(rest)) {
    require(status == kUriTooLong, "a long request line is refused as another fault");
  } else if (plain.head.empty()) {
    require(false, "refused before the end of the head");
  } else if (plain.refusal != Refusal::kNone) {
    require(e3::fuzz::has_fault(plain.head, plain.refusal, kParserLimits),
            "refused without the fault it names:", e3::server::describe(plain.refusal));
    require(status == static_cast<unsigned>(e3::server::status_of(plain.refusal)),
            "the status is not the fault's");
  } else {
    require(plain.body.state == (status == kContentTooLarge ? PlainBody::State::kTooLarge
                                                            : PlainBody::State::kMalformed) &&
                (status == kContentTooLarge || status == kBadRequest),
            "refused, but the body has no such fault");
  }
}

// The server's decision against the plain reading. `begin`: where in the stream `rest` begins.
void require_right(const Decision& ours, const PlainRequest& plain, std::string_view rest,
                   std::size_t begin) {
  switch (ours.verdict) {
    case Verdict::kAnswered:
      require(!plain.head.empty() && plain.refusal == Refusal::kNone, "answered what has no head");
      require(plain.body.state == PlainBody::State::kComplete, "answered without the whole body");
      require(ours.end == begin + plain.head.size() + plain.body.size,
              "the request ends elsewhere");
      require(ours.persists == plain.framing.persists, "the connection's persistence");
      break;
    case Verdict::kRefused:
      require_fault(plain, rest, ours.status);
      break;
    case Verdict::kUnfinished:
      require(ours.in_body == !plain.head.empty(),
              "waits for a head that is there, or the reverse");
      require(plain.refusal == Refusal::kNone && plain.body.state == PlainBody::State::kUnfinished,
              "waits, but nothing is missing");
      break;
  }
}

// Whether http_parser's decision needs a reason to be different from the server's.
bool disagree(const Decision& ours, const Decision* theirs) {
  switch (ours.verdict) {
    case Verdict::kAnswered:
      return theirs == nullptr || theirs->verdict != Verdict::kAnswered ||
             theirs->end != ours.end || theirs->persists != ours.persists;
    case Verdict::kRefused:
      return false;  // stricter: the fault has been seen
    case Verdict::kUnfinished:
      // http_parser may refuse a head before its end; a body that has begun well, it may not.
      return theirs != nullptr && (theirs->verdict == Verdict::kAnswered ||
                                   (theirs->verdict == Verdict::kRefused && ours.in_body));
  }
  return true;
}

void check(std::string_view stream, const Framing& ours) {
  const Framing theirs = e3::fuzz::read_with_http_parser(stream);
  bool in_step = true;
  std::size_t begin = 0;
  for (std::size_t i = 0; i != ours.size(); ++i) {
    const std::string_view rest = without_blank_heads(stream.substr(begin));
    begin = stream.size() - rest.size();
    const PlainRequest plain(rest);
    require_right(ours[i], plain, rest, begin);
    if (in_step && disagree(ours[i], i < theirs.size() ? &theirs[i] : nullptr)) {
      require(plain.head.empty()
                  ? e3::fuzz::has_bare_return(rest)
                  : plain.body.has_blank_after_size ||
                        !e3::fuzz::framing_quirk(plain.request, plain.body.trailers).empty(),
              "http_parser decides otherwise, for no known reason");
      in_step = false;
    }
    begin = ours[i].end;
  }
  const bool goes_on = ours.empty() || ours.back().persists;
  require(!in_step || !goes_on || theirs.size() == ours.size(),
          "http_parser sees one more request");
}

void require_same(const Framing& whole, const Framing& split) {
  require(whole == split, "the split changes a decision");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string stream;
  std::vector<std::size_t> boundaries;
  for (std::size_t i = 0; i != size && stream.size() != e3::fuzz::kStreamSizeMax; ++i) {
    const char byte = static_cast<char>(data[i]);
    if (byte == kBoundary) {
      boundaries.push_back(stream.size());
    } else {
      stream += byte;
    }
  }
  const Framing whole = e3::fuzz::read_with_server(stream, {});
  check(stream, whole);
  require_same(whole, e3::fuzz::read_with_server(stream, boundaries));
  boundaries.clear();
  for (std::size_t i = 1; i < stream.size(); ++i) boundaries.push_back(i);
  require_same(whole, e3::fuzz::read_with_server(stream, boundaries));
  return 0;
}
