// SPDX-License-Identifier: MIT
#include "harness/explore/http_protocol.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <system_error>
#include <utility>

namespace e3::explore {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kDate = "\r\nDate:";

void leave_out_interim(std::string& answer) {
  std::string rest;  // a hostile server sends thousands of them
  std::size_t begin = 0;
  for (std::size_t at = 0; (at = answer.find(kContinue, begin)) != answer.npos;) {
    rest.append(answer, begin, at - begin);
    begin = at + kContinue.size();
  }
  if (begin > 0) answer = rest.append(answer, begin);
  // A peer that left may have seen half of one, as far as it differs from a final answer's
  // beginning.
  constexpr std::size_t kCommon = std::string_view("HTTP/1.1 ").size();
  for (std::size_t size = std::min(kContinue.size() - 1, answer.size()); size > kCommon; --size) {
    if (!answer.ends_with(kContinue.substr(0, size))) continue;
    answer.resize(answer.size() - size);
    return;
  }
}

// As little of an interim answer that a final one begins with, too.
std::string_view without_doubtful_end(std::string_view answer) {
  for (std::size_t size = std::min(kContinue.size(), answer.size()); size > 0; --size) {
    if (answer.ends_with(kContinue.substr(0, size))) return answer.substr(0, answer.size() - size);
  }
  return answer;
}

// The place behind `word`, in whatever case, or npos.
std::size_t behind(std::string_view text, std::string_view word) {
  const auto same = [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  };
  const auto* found = std::search(text.begin(), text.end(), word.begin(), word.end(), same);
  if (found == text.end()) return text.npos;
  return static_cast<std::size_t>(found - text.begin()) + word.size();
}

// Of the first head, its end included; all of it when it has none. Looks no further than that end:
// there may be thousands of heads.
std::size_t size_of_head(std::string_view text) {
  for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos;) {
    ++at;
    const std::string_view line = text.substr(at, 2);
    if (line.starts_with('\n')) return at + 1;
    if (line == "\r\n") return at + 2;
  }
  return text.size();
}

bool has_option(std::string_view head, std::string_view option) {
  for (std::size_t at = 0; (at = behind(head, "\nconnection:")) != head.npos;) {
    head.remove_prefix(at);
    if (behind(head.substr(0, head.find('\n')), option) != head.npos) return true;
  }
  return false;
}

// Of an answer with an error, all or the first bytes.
bool begins_error(std::string_view text) {
  constexpr std::string_view kPattern = "HTTP/1.x s";
  const std::string_view begin = text.substr(0, kPattern.size());
  return std::equal(begin.begin(), begin.end(), kPattern.begin(), [](char c, char pattern) {
    if (pattern == 'x') return c == '0' || c == '1';
    return pattern == 's' ? c == '4' || c == '5' : c == pattern;
  });
}

// RFC 9112, section 9.3.
bool is_last(std::string_view head) {
  if (has_option(head, "close")) return true;
  std::string_view line = head.substr(0, head.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line.ends_with(" HTTP/1.0") && !has_option(head, "keep-alive");
}

// A body in chunks as what it carries: where the chunks end is the server's choice, and may be the
// network's. `text` begins with it; what follows it is left there. False: it goes on beyond `text`.
bool take_chunks(std::string_view& text, std::string& body) {
  while (true) {
    const std::size_t line = text.find("\r\n");
    if (line == text.npos) return false;
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + line, size, 16);
    if (error != std::errc{} || end == text.data()) {  // no chunk: as it is
      body += text;
      return false;
    }
    if (size == 0) break;
    text.remove_prefix(line + 2);
    body += text.substr(0, size);
    if (text.size() < size + 2) return false;
    text.remove_prefix(size + 2);
  }
  const std::size_t trailers = text.find("\r\n\r\n");
  if (trailers == text.npos) return false;
  body += text.substr(0, trailers + 4);
  text.remove_prefix(trailers + 4);
  return true;
}

std::size_t content_length(std::string_view head) {
  const std::size_t at = behind(head, "\ncontent-length:");
  std::size_t length = 0;
  if (at == head.npos) return head.npos;
  const std::size_t digits = std::min(head.find_first_not_of(' ', at), head.size());
  std::from_chars(head.data() + digits, head.data() + head.size(), length);
  return length;
}

std::string without_chunks(std::string_view text) {
  std::string all;
  while (!text.empty()) {
    const std::string_view head = text.substr(0, size_of_head(text));
    all += head;
    text.remove_prefix(head.size());
    const std::size_t coding = behind(head, "\ntransfer-encoding:");
    if (coding != head.npos && behind(head.substr(coding), "chunked") != head.npos) {
      if (!take_chunks(text, all)) break;
    } else {
      const std::size_t length = std::min(content_length(head), text.size());
      all += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return all;
}

}  // namespace

std::string comparable_http(std::string_view answer) {
  std::string text(answer);
  for (std::size_t at = 0; (at = text.find(kDate, at)) != text.npos;) {
    at += kDate.size();
    while (at < text.size() && text[at] != '\r') text[at++] = '*';
  }
  leave_out_interim(text);
  // The first letter may be a capital; most answers have the word nowhere.
  return text.find("hunked") != text.npos ? without_chunks(text) : text;
}

bool refuses_http(std::string_view got, std::string_view right) {
  const auto differs = std::mismatch(got.begin(), got.end(), right.begin(), right.end()).first;
  const auto agreed = static_cast<std::size_t>(differs - got.begin());
  for (std::size_t at = 0; (at = got.find('H', at)) <= agreed && at != got.npos; ++at) {
    if (begins_error(got.substr(at))) return true;
  }
  return false;
}

bool sends_after_close_http(std::string_view sent) {
  while (!sent.empty()) {
    const std::string_view head = sent.substr(0, size_of_head(sent));
    sent.remove_prefix(head.size());
    if (is_last(head)) return !sent.empty();
  }
  return false;
}

Protocol http_protocol(std::string request) {
  return {.request = std::move(request),
          .comparable = comparable_http,
          .certain = without_doubtful_end,
          .refuses = refuses_http,
          .forfeits_end = sends_after_close_http};
}

}  // namespace e3::explore
