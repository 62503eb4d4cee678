// SPDX-License-Identifier: MIT
// e3::server's reading of a request head against http_parser's. Where both accept, all they
// understood must be equal. Where e3 alone refuses, it is stricter, and the fault it names must be
// there (checked by a third, naive reading). Where e3 alone accepts, it must be one of the
// differences listed below.
#include <http_parser.h>
#include <strings.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "e3/server/request_accumulator.h"
#include "e3/server/request_parser.h"
#include "finding.h"
#include "plain_reading.h"

namespace {

using e3::fuzz::has_fault;
using e3::fuzz::require;
using e3::server::ParserLimits;
using e3::server::Refusal;
using e3::server::Request;
using e3::server::RequestAccumulator;

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

bool is_named(std::string_view name, std::string_view expected) {
  return name.size() == expected.size() &&
         ::strncasecmp(name.data(), expected.data(), expected.size()) == 0;
}

// http_parser takes a field whose name only begins with Transfer-Encoding for half a
// Transfer-Encoding: it forgets an earlier "chunked", and refuses a Content-Length.
bool has_prolonged_coding(const Request& request) {
  constexpr std::string_view kName = "transfer-encoding";
  return std::any_of(request.fields.begin(), request.fields.end(), [&](const auto& field) {
    return field.name.size() > kName.size() && is_named(field.name.substr(0, kName.size()), kName);
  });
}

// http_parser allows spaces after these values, but not the tabs that RFC 9110 section 5.6.3 allows
// as well: it refuses the number, and does not see "chunked".
bool has_tab_after(const Request& request, std::string_view name) {
  return std::any_of(request.fields.begin(), request.fields.end(), [&](const auto& field) {
    const char* after = field.value.data() + field.value.size();
    return is_named(field.name, name) && after[std::strspn(after, " ")] == '\t';
  });
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
              has_tab_after(ours, "transfer-encoding"),
          "chunked");
  const bool has_length = (parser.flags & F_CONTENTLENGTH) != 0;
  require(ours.content_length.has_value() == has_length, "presence of a length");
  if (has_length) require(*ours.content_length == parser.content_length, "length");
}

// The differences in which e3 accepts what http_parser refuses, each with its reason.
bool is_allowed_leniency(const Request& ours) {
  if (has_prolonged_coding(ours) || has_tab_after(ours, "content-length")) return true;
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

void compare(std::string_view head) {
  Request& ours = reused_request();
  const Refusal refusal = e3::server::parse_request(head, kLimits, ours);
  if (refusal != Refusal::kNone) {
    require(has_fault(head, refusal, kLimits),
            "refused without the fault it names:", e3::server::describe(refusal));
    return;
  }
  Reading theirs;
  read_with_http_parser(head, theirs);
  if (!theirs.complete || theirs.size != head.size()) {
    require(is_allowed_leniency(ours), "e3 accepts, http_parser refuses:",
            http_errno_description(HTTP_PARSER_ERRNO(&theirs.parser)));
    return;
  }
  require_equal(ours, theirs);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  RequestAccumulator accumulator(4096);
  const RequestAccumulator::Result result = accumulator.feed(input);
  if (result.state == RequestAccumulator::State::kComplete) compare(result.head);
  return 0;
}
