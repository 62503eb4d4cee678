// SPDX-License-Identifier: MIT
#include "harness/world/transcript.h"

#include <fmt/format.h>

#include <algorithm>

namespace e3 {

void Transcript::record(VirtualTime when, std::string_view actor, std::string_view what) {
  std::string line =
      fmt::format("{:>10.6f}  {:<7} {}", std::chrono::duration<double>(when).count(), actor, what);
  for (const char c : line) {
    hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  if (ring_.size() < kLinesKept) {
    ring_.push_back(std::move(line));
    return;
  }
  ring_[next_] = std::move(line);
  next_ = (next_ + 1) % kLinesKept;
}

void Transcript::begin_scenario() {
  ring_.clear();
  next_ = 0;
}

std::vector<std::string> Transcript::lines() const {
  std::vector<std::string> in_order(ring_);
  std::rotate(in_order.begin(), in_order.begin() + static_cast<std::ptrdiff_t>(next_),
              in_order.end());
  return in_order;
}

std::string quoted(std::string_view bytes, std::size_t limit) {
  std::string text = "\"";
  for (const char c : bytes.substr(0, limit)) {
    switch (c) {
      case '\r':
        text += "\\r";
        break;
      case '\n':
        text += "\\n";
        break;
      case '\t':
        text += "\\t";
        break;
      case '"':
        text += "\\\"";
        break;
      case '\\':
        text += "\\\\";
        break;
      default:
        if (c >= 0x20 && c < 0x7f) {
          text += c;
        } else {
          text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
  }
  text += '"';
  if (bytes.size() > limit) text += fmt::format("... {} more", bytes.size() - limit);
  return text;
}

}  // namespace e3
