// SPDX-License-Identifier: MIT
#include "harness/checks/profile.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace e3 {
namespace {

// Larger than the smallest AF_UNIX send buffer (about 4.5 KB), smaller than the 8 KB request line
// that servers commonly allow.
constexpr std::size_t kLargeTarget = 6000;

std::array<Profile, 3> make_profiles() {
  return {{
      {.name = "http",
       .summary = "one HTTP/1.0 request, one answer, then the server closes",
       .request = "GET /e3 HTTP/1.0\r\nHost: localhost\r\n\r\n",
       .large_request =
           "GET /" + std::string(kLargeTarget, 'e') + " HTTP/1.0\r\nHost: localhost\r\n\r\n",
       .pad_at = std::string_view("GET /").size(),
       .is_http = true},
      {.name = "hello",
       .summary = "any request head, one greeting, then the server closes",
       .request = "GET / HTTP/1.0\r\nUser-Agent: e3\r\n\r\n",
       .large_request = "GET / HTTP/1.0\r\nUser-Agent: e3\r\n\r\n",
       .pad_at = std::string_view("GET / HTTP/1.0\r\nUser-Agent: ").size(),
       .is_http = true,
       .answers_alike = true},
      {.name = "echo",
       .summary = "every byte comes back until the peer ends its side",
       .request = "the quick brown fox\njumps over the lazy dog\n",
       .large_request = std::string(65536, 'e') + "\n",
       .pad_at = 0,
       .peer_ends = true},
  }};
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) ==
                  std::tolower(static_cast<unsigned char>(b));
         });
}

// Each time it occurs. One character stands for any number: a volatile part may vary in length.
void blank_out(const Mask& mask, std::string& answer) {
  std::size_t begin = 0;
  while ((begin = answer.find(mask.after, begin)) != answer.npos) {
    begin += mask.after.size();
    const std::size_t end = mask.until.empty()
                                ? answer.size()
                                : std::min(answer.find(mask.until, begin), answer.size());
    answer.replace(begin, end - begin, "*");
    ++begin;
  }
}

}  // namespace

std::span<const Profile> profiles() {
  static const auto& all = *new std::array<Profile, 3>(make_profiles());  // never destroyed
  return all;
}

const Profile* find_profile(std::string_view name) {
  const auto all = profiles();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Profile& p) { return p.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::optional<std::size_t> announced_size(const LengthField& field, std::string_view received) {
  if (received.size() < field.at + field.bytes) return std::nullopt;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < field.bytes; ++i) {
    const std::size_t offset = field.little_endian ? field.bytes - 1 - i : i;
    length = length << 8 | static_cast<unsigned char>(received[field.at + offset]);
  }
  return length + field.more;
}

std::string padded_request(const Profile& profile, std::string_view filler) {
  std::string request = profile.request;
  return request.insert(profile.pad_at.value(), filler);
}

std::string masked(const Profile& profile, std::string_view answer) {
  std::string result(answer);
  for (const Mask& mask : profile.masks) blank_out(mask, result);
  if (!profile.is_http) return result;
  const std::size_t head_end = std::min(result.find("\r\n\r\n"), result.size());
  for (std::size_t line = 0; line < head_end;) {
    constexpr std::string_view kDate = "Date:";
    if (starts_with_ignoring_case(std::string_view(result).substr(line), kDate)) {
      // To the CR, whatever follows it: an answer that was cut may end there.
      const std::size_t end = std::min(result.find('\r', line), result.size());
      std::fill(result.begin() + static_cast<std::ptrdiff_t>(line + kDate.size()),
                result.begin() + static_cast<std::ptrdiff_t>(end), '*');
    }
    line = std::min(result.find("\r\n", line), head_end) + 2;
  }
  return result;
}

int http_status(std::string_view answer) {
  if (answer.size() < 12 || !answer.starts_with("HTTP/1.") || answer[8] != ' ') return 0;
  int status = 0;
  for (const char digit : answer.substr(9, 3)) {
    if (digit < '0' || digit > '9') return 0;
    status = status * 10 + (digit - '0');
  }
  return status;
}

}  // namespace e3
