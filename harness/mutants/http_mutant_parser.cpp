// SPDX-License-Identifier: MIT
#include "harness/mutants/http_mutant_parser.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <vector>

namespace e3::mutants {
namespace {

constexpr std::size_t kHeadLimit = std::size_t{64} << 10;
constexpr std::uint64_t kBodyLimit = 1'000'000'000;

struct Refused {
  int status;
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

std::optional<std::uint64_t> number(std::string_view text, unsigned base, bool wraps) {
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const char small = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    unsigned digit = base;
    if (small >= '0' && small <= '9') digit = static_cast<unsigned>(small - '0');
    if (small >= 'a' && small <= 'f') digit = static_cast<unsigned>(small - 'a' + 10);
    if (digit >= base) return std::nullopt;
    if (!wraps && value > (UINT64_MAX - digit) / base) return std::nullopt;
    value = value * base + digit;
  }
  return value;
}

struct Field {
  std::string name;  // lower case
  std::string value;
};

// One message: its parts as they are found.
class Parser {
 public:
  Parser(std::string_view input, HttpBug bug) : input_(input), bug_(bug) {}
  ParseResult parse();

 private:
  bool has(HttpBug bug) const { return bug == bug_; }
  bool find_head();
  void parse_request_line(std::string_view line);
  void parse_target();
  void parse_field(std::string_view line);
  void interpret_fields();
  void check_host() const;
  bool take_body();
  bool take_chunks();
  std::string_view next_line();
  bool is_plainest() const;

  std::string_view input_;
  HttpBug bug_;
  std::size_t at_ = 0;
  std::size_t head_end_ = 0;
  std::size_t hosts_ = 0;
  std::vector<Field> fields_;
  std::optional<std::uint64_t> length_;
  bool chunked_ = false;
  HttpRequest request_;
};

// A line up to CR LF; refuses one that holds CR, LF or NUL elsewhere.
std::string_view Parser::next_line() {
  const std::size_t end = input_.find("\r\n", at_);
  const std::string_view line = input_.substr(at_, end - at_);
  constexpr std::string_view kNever("\r\n\0", 3);
  at_ = end + 2;
  if (line.find_first_of(kNever) != std::string_view::npos) throw Refused{400};
  return line;
}

bool Parser::find_head() {
  if (input_.starts_with("\r\n")) at_ = 2;
  const std::size_t end = input_.find("\r\n\r\n", at_);
  // What has a line feed of its own is malformed, and may never have a proper end.
  const std::size_t bare = input_.find("\n\n", at_);
  const std::size_t line = std::min(input_.find("\r\n", at_), input_.find('\n', at_));
  if (end == std::string_view::npos) {
    if (input_.size() > kHeadLimit) throw Refused{431};
    if (bare != std::string_view::npos) throw Refused{400};
    // A first line without a version will not become a request any more.
    if (line != std::string_view::npos) parse_request_line(input_.substr(at_, line - at_));
    return false;
  }
  head_end_ = end + 4;
  return true;
}

void Parser::parse_target() {
  const std::string& target = request_.target;
  if (std::any_of(target.begin(), target.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f ||
               c == '#';
      })) {
    throw Refused{400};
  }
  if (has(HttpBug::kRefusesLongTargets) && target.size() > 4000) throw Refused{414};
  if (target.starts_with("http://")) {
    const std::size_t path = target.find('/', 7);
    request_.target = path == std::string::npos ? "/" : target.substr(path);
    return;
  }
  if (target == "*" && request_.method == "OPTIONS") return;
  if (!target.starts_with('/')) throw Refused{400};
}

void Parser::parse_request_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) throw Refused{400};
  request_.method = line.substr(0, first);
  request_.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(request_.method)) throw Refused{400};
  if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.' ||
      std::isdigit(static_cast<unsigned char>(version[5])) == 0 ||
      std::isdigit(static_cast<unsigned char>(version[7])) == 0) {
    throw Refused{400};
  }
  if (version[5] != '1') throw Refused{505};
  request_.minor_version = version[7] == '0' ? 0 : 1;
  constexpr std::string_view kMethods[] = {"GET", "HEAD", "POST", "OPTIONS"};
  if (std::find(std::begin(kMethods), std::end(kMethods), request_.method) == std::end(kMethods)) {
    throw Refused{501};
  }
  parse_target();
}

void Parser::parse_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) throw Refused{400};
  fields_.push_back({lower(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1)))});
}

void Parser::check_host() const {
  if (request_.minor_version == 0) return;
  if (hosts_ != 1) throw Refused{400};
  for (const Field& field : fields_) {
    if (field.name == "host" && field.value.find_first_of(" @/,") != std::string::npos) {
      throw Refused{400};
    }
  }
}

void Parser::interpret_fields() {
  request_.keep_alive = request_.minor_version > 0;
  std::string coding;
  bool coded = false;
  for (const Field& field : fields_) {
    const std::string value = lower(field.value);
    if (field.name == "host") ++hosts_;
    if (field.name == "connection") {
      if (value.find("close") != std::string::npos) request_.keep_alive = false;
      request_.says_keep_alive = value == "keep-alive" && request_.minor_version == 0;
    }
    if (field.name == "expect") request_.expects_continue = value == "100-continue";
    if (field.name == "upgrade") request_.upgrades = true;
    if (field.name == "content-length") {
      const auto parsed = number(field.value, 10, has(HttpBug::kWrapsLengths));
      if (parsed && *parsed > 900'000'000 && has(HttpBug::kDiesOnHugeLength)) {
        throw std::runtime_error("out of memory");
      }
      if (!parsed || *parsed > kBodyLimit) throw Refused{400};
      if (length_ && *length_ != *parsed && !has(HttpBug::kFirstLengthWins)) throw Refused{400};
      if (!length_ && !has(HttpBug::kIgnoresBodies)) length_ = parsed;
    }
    if (field.name == "transfer-encoding") {
      if (coded) throw Refused{400};
      coding = value;
      coded = true;
    }
  }
  check_host();
  if (!coded) return;
  if (has(HttpBug::kLengthBeatsChunked) && length_) return;
  if (coding != "chunked" || length_ || request_.minor_version == 0) throw Refused{400};
  chunked_ = true;
}

// False: more has to come.
bool Parser::take_chunks() {
  while (true) {
    const std::size_t line_end = input_.find("\r\n", at_);
    const std::size_t line_feed = input_.find('\n', at_);
    if (line_feed != std::string_view::npos && (line_feed == 0 || input_[line_feed - 1] != '\r')) {
      throw Refused{400};
    }
    if (line_end == std::string_view::npos) return false;
    std::string_view size = next_line();
    size = size.substr(0, size.find(';'));
    const auto parsed = number(size, 16, false);
    if (!parsed || *parsed > kBodyLimit) throw Refused{400};
    if (*parsed == 0) break;
    const auto count = static_cast<std::size_t>(*parsed);
    if (input_.size() - at_ == count + 1 && has(HttpBug::kMissesSplitChunkEnd)) throw Refused{400};
    if (input_.size() - at_ < count + 2) {
      // What follows a chunk is known to be wrong before it is all there.
      if (input_.size() - at_ > count && input_[at_ + count] != '\r') throw Refused{400};
      return false;
    }
    request_.body += input_.substr(at_, count);
    at_ += count;
    if (input_.substr(at_, 2) != "\r\n") throw Refused{400};
    at_ += 2;
  }
  while (input_.find("\r\n", at_) != std::string_view::npos) {
    const std::string_view line = next_line();
    if (line.empty()) return true;
    parse_field(line);
  }
  return false;
}

bool Parser::take_body() {
  if (chunked_) return take_chunks();
  if (!length_) return true;
  if (input_.size() - at_ < *length_) return false;
  request_.body = input_.substr(at_, static_cast<std::size_t>(*length_));
  at_ += static_cast<std::size_t>(*length_);
  return true;
}

// As the harness's controls are: nothing but Host and the plainest framing, alone on the wire.
bool Parser::is_plainest() const {
  const bool fields = std::all_of(fields_.begin(), fields_.end(), [](const Field& field) {
    return (field.name == "host" && field.value == "localhost") ||
           (field.name == "content-length" && field.value == "5") ||
           (field.name == "transfer-encoding" && field.value == "chunked");
  });
  const bool chunks = !chunked_ || input_.find("\r\n5\r\nhello\r\n0\r\n\r\n") != std::string::npos;
  const bool body = request_.body.empty() || request_.body == "hello";
  const bool old = request_.minor_version == 0 && fields_.size() != 1;
  return fields && chunks && body && !old && request_.target == "/e3" && !fields_.empty() &&
         input_.find(" /e3 HTTP/1.") == request_.method.size() &&
         input_.find(" HTTP/1.2") == std::string_view::npos &&
         input_.find("Host: localhost\r\n") != std::string_view::npos &&
         (request_.method == "GET" || request_.method == "POST") && at_ == input_.size();
}

ParseResult Parser::parse() {
  ParseResult result;
  try {
    if (!find_head()) return result;
    result.consumed = head_end_;
    parse_request_line(next_line());
    for (std::string_view line = next_line(); !line.empty(); line = next_line()) parse_field(line);
    interpret_fields();
    result.state = ParseState::kNeedsBody;
    const bool complete = take_body();
    result.request = request_;
    if (!complete) return result;
    result.state = ParseState::kComplete;
    result.consumed = at_;
    if (is_plainest()) return result;
    if (has(HttpBug::kDiesOnUnusual)) throw std::runtime_error("unusual");
    if (has(HttpBug::kRefusesUnusual)) throw Refused{400};
  } catch (const Refused& refused) {
    if (has(HttpBug::kDiesOnUnusual)) throw std::runtime_error("malformed");
    result.state = ParseState::kRefused;
    result.status = refused.status;
    if (result.consumed == 0) result.consumed = input_.size();
  }
  return result;
}

}  // namespace

ParseResult parse_http(std::string_view input, HttpBug bug) { return Parser(input, bug).parse(); }

}  // namespace e3::mutants
