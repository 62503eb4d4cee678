// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "harness/scenario/spelling.h"
#include "harness/scenario/text_form.h"

namespace e3::scenario {
namespace {

constexpr std::string_view kBlanks = " \t";

// One line, read from the left.
class Line {
 public:
  Line(std::string_view text, std::size_t number, std::string_view file)
      : text_(text), number_(number), file_(file) {
    skip_blanks();
  }

  bool at_end() const { return at_ == text_.size() || text_[at_] == '#'; }
  std::size_t position() const { return at_; }
  // The next byte, or -1 at the end of the line; a comment is not looked for.
  int next() const { return at_ < text_.size() ? static_cast<unsigned char>(text_[at_]) : -1; }

  // Takes `words`, each a whole word, with any blanks between them; or takes nothing.
  bool take(std::string_view words) {
    const std::size_t before = at_;
    while (!words.empty()) {
      const std::string_view word = words.substr(0, words.find(' '));
      words.remove_prefix(std::min(word.size() + 1, words.size()));
      if (this->word() != word) {
        at_ = before;
        return false;
      }
      at_ += word.size();
      skip_blanks();
    }
    return true;
  }

  // Takes one character; blanks behind it stay.
  bool take_character(char wanted) {
    if (next() != static_cast<unsigned char>(wanted)) return false;
    ++at_;
    return true;
  }

  std::optional<std::uint64_t> take_number() {
    std::uint64_t number = 0;
    const char* begin = text_.data() + at_;
    const auto parsed = std::from_chars(begin, text_.data() + text_.size(), number);
    if (parsed.ec != std::errc()) return std::nullopt;
    at_ += static_cast<std::size_t>(parsed.ptr - begin);
    return number;
  }

  void skip(std::size_t count) { at_ = std::min(at_ + count, text_.size()); }
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }

  // Up to a comment that stands behind a blank: "#2" in a fault is none.
  std::string_view take_rest() {
    std::string_view rest = text_.substr(at_);
    rest = rest.substr(0, std::min(rest.find(" # "), rest.size()));
    rest = rest.substr(0, rest.find_last_not_of(kBlanks) + 1);
    at_ += rest.size();
    skip_blanks();
    return rest;
  }

  void expect_end() const {
    if (!at_end()) fail("the end of the line", at_);
  }

  [[noreturn]] void fail(std::string_view expected, std::size_t at) const {
    constexpr std::size_t kBefore = 80;  // of a long line what stands around the place
    const std::size_t begin = at < kBefore ? 0 : at - kBefore;
    std::string margin(text_.substr(begin, at - begin));
    for (char& c : margin) c = c == '\t' ? '\t' : ' ';
    throw ParseError(fmt::format("{}:{}:{}: expected {}\n  {}\n  {}^", file_, number_, at + 1,
                                 expected, text_.substr(begin, 2 * kBefore), margin),
                     number_, at + 1);
  }

 private:
  std::string_view word() const {
    return text_.substr(at_, text_.find_first_of(" \t#", at_) - at_);
  }

  std::string_view text_;
  std::size_t number_;
  std::string_view file_;
  std::size_t at_ = 0;
};

int hex_digit(int c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char parse_escape(Line& line) {
  constexpr std::string_view kNames = "rnt0\"\\";
  constexpr std::string_view kMeanings("\r\n\t\0\"\\", 6);
  const std::size_t at = line.position();
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (line.take_character(kNames[i])) return kMeanings[i];
  }
  int value = -1;
  if (line.take_character('x')) {
    value = 0;
    for (int i = 0; i < 2 && value >= 0; ++i) {
      const int digit = hex_digit(line.next());
      value = digit < 0 ? -1 : value * 16 + digit;
      line.skip(1);
    }
  }
  if (value < 0) line.fail(R"(one of \r \n \t \0 \" \\ \x00 to \xff)", at - 1);
  return static_cast<char>(value);
}

// A literal between double quotes, in which # begins no comment.
std::string parse_literal(Line& line) {
  const std::size_t begin = line.position();
  if (!line.take_character('"')) line.fail("bytes in double quotes", begin);
  std::string bytes;
  while (!line.take_character('"')) {
    const int c = line.next();
    if (c < 0) line.fail("a double quote that ends this literal", begin);
    line.skip(1);
    bytes += c == '\\' ? parse_escape(line) : static_cast<char>(c);
  }
  return bytes;
}

std::string parse_bytes(Line& line) {
  std::string bytes;
  const std::size_t begin = line.position();
  do {
    const std::size_t at = line.position();
    const std::string literal = parse_literal(line);
    std::uint64_t times = 1;
    if (line.take_character('*')) {
      const std::size_t number_at = line.position();
      const auto number = line.take_number();
      if (!number || *number == 0) line.fail("how often to repeat the literal", number_at);
      times = *number;
    }
    // Nothing many times over is nothing, but counts as a byte: somebody has to repeat it.
    if (times > (kSegmentMax - bytes.size()) / std::max<std::size_t>(literal.size(), 1)) {
      line.fail(fmt::format("at most {} bytes in one segment", kSegmentMax), at);
    }
    for (std::uint64_t i = 0; i < times; ++i) bytes += literal;
    line.skip_blanks();
  } while (!line.at_end());
  if (bytes.empty()) line.fail("at least one byte", begin);
  return bytes;
}

std::uint64_t parse_duration(Line& line) {
  const std::size_t at = line.position();
  const auto number = line.take_number();
  for (const spelling::Unit& unit : spelling::kUnits) {
    if (!number || !line.take(unit.name)) continue;
    if (*number >= 1 && *number <= kAdvanceMax / unit.milliseconds) {
      return *number * unit.milliseconds;
    }
    break;
  }
  line.fail("a duration from 1ms to 10min, such as 5s", at);
}

std::uint64_t parse_read_limit(Line& line) {
  const std::size_t at = line.position();
  if (line.take("all")) return kReadAll;
  const auto number = line.take_number();
  line.skip_blanks();
  if (number && *number >= 1 && *number <= kReadMax) return *number;
  line.fail(fmt::format("a number of bytes from 1 to {}, or all", kReadMax), at);
}

Fault take_fault(Line& line) {
  const std::size_t at = line.position();
  const auto fault = parse_fault(line.take_rest());
  if (!fault) line.fail("CALL [ROLE] [#NTH] (ERRNO | short=BYTES) [xTIMES | always]", at);
  if (const auto objection = objection_to(*fault)) {
    line.fail(fmt::format("a fault that can happen: {}", *objection), at);
  }
  return *fault;
}

std::uint8_t parse_peer(Line& line) {
  for (std::uint8_t peer = 0; peer < kPeers; ++peer) {
    if (line.take(fmt::format("peer{}", peer + 1))) return peer;
  }
  line.fail(fmt::format("peer1 to peer{}, settle, advance or fault", kPeers), line.position());
}

Step parse_step(Line& line) {
  if (line.take("settle")) return {.verb = Verb::kSettle};
  if (line.take("advance")) return {.verb = Verb::kAdvance, .amount = parse_duration(line)};
  if (line.take("fault")) return {.verb = Verb::kFault, .fault = take_fault(line)};
  const std::uint8_t peer = parse_peer(line);
  const std::size_t at = line.position();
  if (line.take_character('>')) {
    line.skip_blanks();
    return {.verb = Verb::kSend, .peer = peer, .bytes = parse_bytes(line)};
  }
  if (line.take_character('<')) {
    line.skip_blanks();
    return {.verb = Verb::kRead, .peer = peer, .amount = parse_read_limit(line)};
  }
  for (const spelling::PeerVerb& each : spelling::kPeerVerbs) {
    if (line.take(each.words)) return {.verb = each.verb, .peer = peer};
  }
  std::string choices = "> \"bytes\", < number";
  for (const spelling::PeerVerb& each : spelling::kPeerVerbs) {
    choices += fmt::format(", {}", each.words);
  }
  line.fail(choices, at);
}

}  // namespace

Scenario parse(std::string_view text, std::string_view name) {
  Scenario scenario;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view content = text.substr(0, end);
    if (content.ends_with('\r')) content.remove_suffix(1);
    Line line(content, number, name);
    if (!line.at_end()) {
      scenario.push_back(parse_step(line));
      line.expect_end();
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return scenario;
}

}  // namespace e3::scenario
