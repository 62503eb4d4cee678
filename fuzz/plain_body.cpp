// SPDX-License-Identifier: MIT
#include "plain_body.h"

#include <cstdint>

namespace e3::fuzz {

namespace {

using State = PlainBody::State;

constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr std::string_view kTokenBytes =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'*+-.^_`|~";

bool is_control(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return (value < 0x20 && byte != '\t') || value == 0x7f;
}

// A line as far as it is there: `text` up to the first control byte, which must begin its end.
struct Line {
  std::string_view text;
  bool text_ended = false;
  State state = State::kUnfinished;
};

Line take_line(std::string_view& bytes) {
  Line line;
  std::size_t size = 0;
  while (size != bytes.size() && !is_control(bytes[size])) ++size;
  line.text = bytes.substr(0, size);
  line.text_ended = size != bytes.size();
  const std::string_view end = bytes.substr(size, 2);
  if (end == "\r\n") {
    line.state = State::kComplete;
    bytes.remove_prefix(size + 2);
  } else if (!end.empty() && end != "\r") {
    line.state = State::kMalformed;
  }
  return line;
}

// chunk-size [ chunk-ext ], or the beginning of it. There may be white space before the latter.
State read_size(const Line& line, std::size_t content_left, std::size_t& size) {
  size = 0;
  const std::string_view digits = line.text.substr(0, line.text.find_first_not_of(kHexDigits));
  for (const char digit : digits) {
    size = size * 16 + static_cast<std::size_t>(std::stoi(std::string(1, digit), nullptr, 16));
    if (size > content_left) return State::kTooLarge;
  }
  const std::string_view rest = line.text.substr(digits.size());
  if (digits.empty()) return line.text.empty() && !line.text_ended ? line.state : State::kMalformed;
  if (rest.empty()) return line.state;
  const std::size_t extension = rest.find_first_not_of(" \t");
  if (extension == rest.npos) return line.text_ended ? State::kMalformed : State::kUnfinished;
  return rest[extension] == ';' ? line.state : State::kMalformed;
}

// field-name ":" field-value, or the beginning of it.
State read_trailer(const Line& line) {
  const std::size_t name_size = line.text.find_first_not_of(kTokenBytes);
  if (name_size == 0) return State::kMalformed;
  if (name_size == line.text.npos) {
    return line.text_ended ? State::kMalformed : State::kUnfinished;
  }
  return line.text[name_size] == ':' ? line.state : State::kMalformed;
}

}  // namespace

PlainBody read_chunked_plainly(std::string_view bytes, std::size_t content_limit) {
  PlainBody body;
  const std::size_t given = bytes.size();
  for (;;) {
    std::size_t size = 0;
    const Line line = take_line(bytes);
    body.has_blank_after_size |= line.text.find_first_of(" \t") < line.text.find(';');
    body.state = read_size(line, content_limit, size);
    if (body.state != State::kComplete) return body;
    if (size == 0) break;
    content_limit -= size;
    const std::string_view end = bytes.size() < size ? "" : bytes.substr(size, 2);
    if (end != "\r\n") {
      body.state = end.empty() || end == "\r" ? State::kUnfinished : State::kMalformed;
      return body;
    }
    bytes.remove_prefix(size + 2);
  }
  for (;;) {
    const Line line = take_line(bytes);
    if (line.text.empty()) {
      body.state = line.state;
      body.size = given - bytes.size();
      return body;
    }
    body.state = read_trailer(line);
    body.trailers.emplace_back(line.text);
    if (body.state != State::kComplete) return body;
  }
}

}  // namespace e3::fuzz
