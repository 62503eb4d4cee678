// SPDX-License-Identifier: MIT
// e3::server's reading of a request head against http_parser's. Where both accept, all they
// understood must be equal. Where e3 alone refuses, it is stricter, and the fault it names must be
// there (checked by a third, naive reading). Where e3 alone accepts, it must be one of the
// differences listed below. Then come the body, which must end where a plain reading ends it, and
// the next head.
#include <http_parser.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "e3/server/body_reader.h"
#include "e3/server/request_accumulator.h"
#include "e3/server/request_parser.h"
#include "finding.h"
#include "http_parser_quirks.h"
#include "plain_body.h"
#include "plain_reading.h"

namespace {

using e3::fuzz::has_empty_coding;
using e3::fuzz::has_fault;
using e3::fuzz::has_prolonged_coding;
using e3::fuzz::has_tab_after;
using e3::fuzz::PlainBody;
using e3::fuzz::require;
using e3::server::BodyReader;
using e3::server::ParserLimits;
using e3::server::Refusal;
using e3::server::Request;
using e3::server::RequestAccumulator;

constexpr std::size_t kContentMax = 200;  // of a chunked body
constexpr ParserLimits kLimits{.request_line = 256, .fields = 16};

// What http_parser understood.
struct Reading {
  http_parser parser{};
  bool complete = false;
  std::size_t size = 0;  // of the head
  std::string target;
  std::vector<std::pair<std::string, std::string>> fields;
  bool in_value = false;
};

Reading& reading_of(http_parser* parser) { return *static_cast<Reading*>(parser->data); }

int on_url(http_parser* parser, const char* at, std::size_t size) {
  reading_of(parser).target.append(at, size);
  return 0;
}

int on_field(http_parser* parser, const char* at, std::size_t size) {
  Reading& reading = reading_of(parser);
  if (reading.fields.empty() || reading.in_value) reading.fields.emplace_back();
  reading.in_value = false;
  reading.fields.back().first.append(at, size);
  return 0;
}

int on_value(http_parser* parser, const char* at, std::size_t size) {
  Reading& reading = reading_of(parser);
  reading.in_value = true;
  reading.fields.back().second.append(at, size);
  return 0;
}

int on_headers_complete(http_parser* parser) {
  reading_of(parser).complete = true;
  return 2;  // stop here: whatever follows is not this head's
}

void read_with_http_parser(std::string_view head, Reading& reading) {
  http_parser_settings settings;
  http_parser_settings_init(&settings);
  settings.on_url = on_url;
  settings.on_header_field = on_field;
  settings.on_header_value = on_value;
  settings.on_headers_complete = on_headers_complete;
  http_parser_init(&reading.parser, HTTP_REQUEST);
  reading.parser.data = &reading;
  reading.size = http_parser_execute(&reading.parser, &settings, head.data(), head.size());
}

void require_equal(const Request& ours, const Reading& theirs) {
  const http_parser& parser = theirs.parser;
  require(ours.method_name == http_method_str(static_cast<http_method>(parser.method)), "method");
  require(ours.target == theirs.target, "target");
  require(parser.http_major == 1, "major version");
  require(ours.minor_version == std::min<int>(parser.http_minor, 1), "minor version");
  require(ours.fields.size() == theirs.fields.size(), "number of fields");
  for (std::size_t i = 0; i != ours.fields.size(); ++i) {
    std::string_view value = theirs.fields[i].second;
    while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
    require(ours.fields[i].name == theirs.fields[i].first, "field name");
    require(ours.fields[i].value == value, "field value");
  }
  require(ours.chunked == ((parser.flags & F_CHUNKED) != 0) || has_prolonged_coding(ours) ||
              has_empty_coding(ours) || has_tab_after(ours, "transfer-encoding"),
          "chunked");
  const bool has_length = (parser.flags & F_CONTENTLENGTH) != 0;
  require(ours.content_length.has_value() == has_length, "presence of a length");
  if (has_length) require(*ours.content_length == parser.content_length, "length");
}

// The differences in which e3 accepts what http_parser refuses, each with its reason.
bool is_allowed_leniency(const Request& ours) {
  if (has_prolonged_coding(ours) || has_empty_coding(ours)) return true;
  if (has_tab_after(ours, "content-length")) return true;
  // http_parser gives up a few short of 2^64, before it could know whether the last digit
  // overflows.
  constexpr std::uint64_t kLargestOfHttpParser = 18446744073709551609U;
  return ours.content_length.value_or(0) > kLargestOfHttpParser;
}

// Reused for its memory; parse_request() overwrites all else.
Request& reused_request() {
  static Request request;
  return request;
}

// Whether e3 accepts the head.
bool compare(std::string_view head) {
  Request& ours = reused_request();
  const Refusal refusal = e3::server::parse_request(head, kLimits, ours);
  if (refusal != Refusal::kNone) {
    require(has_fault(head, refusal, kLimits),
            "refused without the fault it names:", e3::server::describe(refusal));
    return false;
  }
  Reading theirs;
  read_with_http_parser(head, theirs);
  if (!theirs.complete || theirs.size != head.size()) {
    require(is_allowed_leniency(ours), "e3 accepts, http_parser refuses:",
            http_errno_description(HTTP_PARSER_ERRNO(&theirs.parser)));
    return true;
  }
  require_equal(ours, theirs);
  return true;
}

// In reads of `read_size` bytes.
BodyReader::Result read_body(BodyReader body, std::string_view bytes, std::size_t read_size) {
  BodyReader::Result result{BodyReader::State::kMore, 0};
  while (result.state == BodyReader::State::kMore && result.consumed != bytes.size()) {
    const BodyReader::Result next = body.consume(bytes.substr(result.consumed, read_size));
    result = {next.state, result.consumed + next.consumed};
  }
  return result;
}

PlainBody::State plain_state(BodyReader::State state) {
  switch (state) {
    case BodyReader::State::kMore:
      return PlainBody::State::kUnfinished;
    case BodyReader::State::kComplete:
      return PlainBody::State::kComplete;
    case BodyReader::State::kMalformed:
      return PlainBody::State::kMalformed;
    case BodyReader::State::kTooLarge:
      break;
  }
  return PlainBody::State::kTooLarge;
}

// The size of a whole chunked body that `bytes` begin with, or nothing.
std::optional<std::size_t> compare_chunked_body(std::string_view bytes) {
  BodyReader body;
  body.start_chunked(kContentMax, bytes.size());
  const BodyReader::Result whole = read_body(body, bytes, bytes.size());
  const BodyReader::Result split = read_body(body, bytes, 1);
  require(whole.state == split.state && whole.consumed == split.consumed,
          "single bytes make another body");
  const PlainBody plain = e3::fuzz::read_chunked_plainly(bytes, kContentMax);
  require(plain_state(whole.state) == plain.state, "the chunked body reads otherwise plainly");
  if (whole.state != BodyReader::State::kComplete) return std::nullopt;
  require(whole.consumed == plain.size, "the chunked body ends elsewhere");
  return whole.consumed;
}

// The size of the body that the accepted head is followed by, if all of it is there.
std::optional<std::size_t> compare_body(std::string_view bytes) {
  if (reused_request().chunked) return compare_chunked_body(bytes);
  const std::uint64_t length = reused_request().content_length.value_or(0);
  if (length == 0) return 0;
  BodyReader body;
  body.start_length(length);
  const BodyReader::Result result = read_body(body, bytes, bytes.size());
  require(result.consumed == std::min<std::uint64_t>(length, bytes.size()) &&
              (result.state == BodyReader::State::kComplete) == (length <= bytes.size()),
          "the body is not as long as announced");
  if (result.state != BodyReader::State::kComplete) return std::nullopt;
  return result.consumed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  RequestAccumulator accumulator(4096);
  while (!rest.empty()) {
    const RequestAccumulator::Result result = accumulator.feed(rest);
    rest.remove_prefix(result.consumed);
    if (result.state != RequestAccumulator::State::kComplete || !compare(result.head)) return 0;
    const std::optional<std::size_t> body_size = compare_body(rest);
    if (!body_size) return 0;
    rest.remove_prefix(*body_size);
  }
  return 0;
}
