// SPDX-License-Identifier: MIT
#include "e3/server/event_log.h"

namespace e3::server {

std::string quoted(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string result = "\"";
  for (const char byte : text) {
    const auto value = static_cast<unsigned char>(byte);
    if (byte == '"' || byte == '\\') {
      result += '\\';
      result += byte;
    } else if (value >= 0x20 && value < 0x7f) {
      result += byte;
    } else {
      result += "\\x";
      result += kDigits[value >> 4];
      result += kDigits[value & 15];
    }
  }
  return result += '"';
}

}  // namespace e3::server
