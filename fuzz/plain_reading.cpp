// SPDX-License-Identifier: MIT
#include "plain_reading.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

namespace e3::fuzz {

namespace {

using e3::server::Refusal;
using Lines = std::vector<std::string>;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLettersAndDigits =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool consists_of(std::string_view text, const std::string& members) {
  return text.find_first_not_of(members) == text.npos;
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && consists_of(text, std::string(kLettersAndDigits) + "!#$%&'*+-.^_`|~");
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

std::vector<std::string> elements_of(std::string_view list) {
  std::vector<std::string> elements;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t comma = std::min(list.find(',', begin), list.size());
    elements.push_back(trimmed(list.substr(begin, comma - begin)));
    begin = comma + 1;
  }
  return elements;
}

namespace {

std::string lower(std::string text) {
  for (char& byte : text) byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
  return text;
}

// The lines without their ends, one leading empty line and the final one left out.
Lines lines_of(std::string_view head) {
  Lines lines;
  while (!head.empty()) {
    const std::size_t line_feed = head.find('\n');
    std::string line(head.substr(0, line_feed));
    head.remove_prefix(line_feed + 1);
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(line);
  }
  lines.pop_back();
  if (!lines.empty() && lines.front().empty()) lines.erase(lines.begin());
  return lines;
}

struct RequestLine {
  bool well_formed = false;
  std::string method, target, version;
};

RequestLine request_line_of(const Lines& lines) {
  RequestLine result;
  if (lines.empty()) return result;
  const std::string& line = lines.front();
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == line.npos || first == last) return result;
  result.method = line.substr(0, first);
  result.target = line.substr(first + 1, last - first - 1);
  result.version = line.substr(last + 1);
  result.well_formed = is_token(result.method) && !result.target.empty() &&
                       result.target.find(' ') == result.target.npos &&
                       result.version.size() == 8 && result.version.starts_with("HTTP/") &&
                       result.version[6] == '.' &&
                       consists_of(result.version.substr(5, 1), std::string(kDigits)) &&
                       consists_of(result.version.substr(7, 1), std::string(kDigits));
  return result;
}

bool is_host(std::string text) {
  const std::size_t colon = text.rfind(':');
  if (colon != text.npos && text.find(']', colon) == text.npos) {
    if (!consists_of(text.substr(colon + 1), std::string(kDigits))) return false;
    text.erase(colon);
  }
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    in6_addr address{};
    return ::inet_pton(AF_INET6, text.substr(1, text.size() - 2).c_str(), &address) == 1;
  }
  for (std::size_t at = text.find('%'); at != text.npos; at = text.find('%', at + 1)) {
    const std::string digits = text.substr(at + 1, 2);
    if (digits.size() != 2 || !consists_of(digits, "0123456789abcdefABCDEF")) return false;
  }
  return !text.empty() && consists_of(text, std::string(kLettersAndDigits) + "-._~%!$&'()*+,;=");
}

bool is_target(const RequestLine& line) {
  for (const char byte : line.target) {
    const auto value = static_cast<unsigned char>(byte);
    if (value <= 0x20 || value == 0x7f ||
        std::string_view("\"#<>").find(byte) != std::string_view::npos) {
      return false;
    }
    if (value >= 0x80 && line.version != "HTTP/1.0") return false;
  }
  if (line.target.front() == '/') return true;
  if (line.target == "*") return line.method == "OPTIONS";
  const std::size_t scheme = line.target.find("://");
  if (scheme == line.target.npos) return false;
  const std::string name = lower(line.target.substr(0, scheme));
  const std::string rest = line.target.substr(scheme + 3);
  return (name == "http" || name == "https") && is_host(rest.substr(0, rest.find_first_of("/?")));
}

bool is_field(const std::string& line) {
  const std::size_t colon = line.find(':');
  if (colon == line.npos || !is_token(line.substr(0, colon))) return false;
  return std::all_of(line.begin() + static_cast<std::ptrdiff_t>(colon), line.end(), [](char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return value == '\t' || (value >= 0x20 && value != 0x7f);
  });
}

std::vector<std::string> values_of(const Lines& lines, const std::string& name) {
  std::vector<std::string> values;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t colon = lines[i].find(':');
    if (colon != std::string::npos && lower(lines[i].substr(0, colon)) == name) {
      values.push_back(trimmed(std::string_view(lines[i]).substr(colon + 1)));
    }
  }
  return values;
}

bool is_length(const std::string& value) {
  if (value.empty() || !consists_of(value, std::string(kDigits))) return false;
  const std::string digits = value.substr(std::min(value.find_first_not_of('0'), value.size() - 1));
  const std::string largest = "18446744073709551615";
  return digits.size() < largest.size() || (digits.size() == largest.size() && digits <= largest);
}

// Whether one of the comma-separated elements of the values is `option`.
bool has_option(const std::vector<std::string>& values, const std::string& option) {
  return std::any_of(values.begin(), values.end(), [&](const std::string& list) {
    const std::vector<std::string> elements = elements_of(list);
    return std::any_of(elements.begin(), elements.end(),
                       [&](const std::string& element) { return lower(element) == option; });
  });
}

// The elements of all the lists, in lower case, without the empty ones.
std::vector<std::string> names_of(const std::vector<std::string>& lists) {
  std::vector<std::string> names;
  for (const std::string& list : lists) {
    for (const std::string& element : elements_of(list)) {
      if (!element.empty()) names.push_back(lower(element));
    }
  }
  return names;
}

// Each field names a coding, and only the last of them all is chunked.
bool end_in_chunked(const std::vector<std::string>& codings) {
  const std::vector<std::string> names = names_of(codings);
  return !names.empty() && std::find(names.begin(), names.end(), "chunked") == names.end() - 1 &&
         std::none_of(codings.begin(), codings.end(),
                      [](const std::string& list) { return names_of({list}).empty(); });
}

bool has_field_fault(const Lines& lines, bool is_http10, Refusal refusal) {
  const std::vector<std::string> hosts = values_of(lines, "host");
  const std::vector<std::string> lengths = values_of(lines, "content-length");
  const std::vector<std::string> codings = values_of(lines, "transfer-encoding");
  const std::vector<std::string> expectations = values_of(lines, "expect");
  switch (refusal) {
    case Refusal::kMissingHost:
      return hosts.empty() && !is_http10;
    case Refusal::kInvalidHost:
      return hosts.size() > 1 || !std::all_of(hosts.begin(), hosts.end(), is_host);
    case Refusal::kInvalidLength:
      return lengths.size() > 1 || !std::all_of(lengths.begin(), lengths.end(), is_length);
    case Refusal::kConflictingLength:
      return !codings.empty() && (is_http10 || !lengths.empty() || !end_in_chunked(codings));
    case Refusal::kUnknownCoding:
      return names_of(codings).size() > 1;
    case Refusal::kUnknownExpectation:
      return std::any_of(expectations.begin(), expectations.end(),
                         [](const std::string& value) { return lower(value) != "100-continue"; });
    default:
      return false;
  }
}

}  // namespace

bool has_fault(std::string_view head, Refusal refusal, const e3::server::ParserLimits& limits) {
  const Lines lines = lines_of(head);
  const RequestLine line = request_line_of(lines);
  constexpr std::string_view kMethods[] = {"GET",    "HEAD",    "POST", "PUT",
                                           "DELETE", "OPTIONS", "PATCH"};
  switch (refusal) {
    case Refusal::kNone:
      return false;
    case Refusal::kMalformedRequestLine:
      return !line.well_formed;
    case Refusal::kInvalidTarget:
      return !line.well_formed || !is_target(line);
    case Refusal::kRequestLineTooLong:
      return !lines.empty() && lines.front().size() > limits.request_line;
    case Refusal::kUnknownMethod:
      return std::find(std::begin(kMethods), std::end(kMethods), line.method) == std::end(kMethods);
    case Refusal::kUnsupportedVersion:
      return line.well_formed && line.version[5] != '1';
    case Refusal::kMalformedField:
      return !std::all_of(lines.begin() + 1, lines.end(), is_field);
    case Refusal::kTooManyFields:
      return lines.size() > limits.fields + 1;
    default:
      return has_field_fault(lines, line.version == "HTTP/1.0", refusal);
  }
}

PlainFraming framing_of(std::string_view head) {
  const Lines lines = lines_of(head);
  const std::vector<std::string> options = values_of(lines, "connection");
  const std::vector<std::string> lengths = values_of(lines, "content-length");
  const bool asks_to_keep =
      request_line_of(lines).version != "HTTP/1.0" || has_option(options, "keep-alive");
  return {.chunked = !values_of(lines, "transfer-encoding").empty(),
          .length = lengths.empty() ? 0 : std::stoull(lengths.front()),
          .persists = asks_to_keep && !has_option(options, "close")};
}

}  // namespace e3::fuzz
