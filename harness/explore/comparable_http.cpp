// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <string_view>

#include "harness/explore/judge.h"

namespace e3::explore {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kDate = "\r\nDate:";

void leave_out_interim(std::string& answer) {
  for (std::size_t at = 0; (at = answer.find(kContinue, at)) != answer.npos;) {
    answer.erase(at, kContinue.size());
  }
  // A peer that left may have seen half of one; what else begins like it is a beginning, too.
  for (std::size_t size = std::min(kContinue.size() - 1, answer.size()); size > 0; --size) {
    if (!answer.ends_with(kContinue.substr(0, size))) continue;
    answer.resize(answer.size() - size);
    return;
  }
}

}  // namespace

std::string comparable_http(std::string_view answer) {
  std::string text(answer);
  for (std::size_t at = 0; (at = text.find(kDate, at)) != text.npos;) {
    at += kDate.size();
    while (at < text.size() && text[at] != '\r') text[at++] = '*';
  }
  leave_out_interim(text);
  return text;
}

}  // namespace e3::explore
