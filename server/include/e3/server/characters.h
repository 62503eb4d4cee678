// SPDX-License-Identifier: MIT
// The byte classes of RFC 9110 and RFC 3986, each as a table of 256 answers made at compile time.
#pragma once

#include <array>
#include <string_view>

namespace e3::server {

using ByteClass = std::array<bool, 256>;

constexpr std::string_view kAlphanumerics =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

constexpr ByteClass make_class(std::string_view members, std::string_view more = {}) {
  ByteClass table{};
  for (const char member : members) table[static_cast<unsigned char>(member)] = true;
  for (const char member : more) table[static_cast<unsigned char>(member)] = true;
  return table;
}

// RFC 9110 section 5.6.2: tchar.
inline constexpr ByteClass kTokenBytes = make_class(kAlphanumerics, "!#$%&'*+-.^_`|~");

// RFC 3986 section 3.2.2: what a registered name or an IPv4 address is made of.
inline constexpr ByteClass kHostBytes = make_class(kAlphanumerics, "-._~%!$&'()*+,;=");

inline constexpr ByteClass kDigits = make_class("0123456789");
inline constexpr ByteClass kHexDigits = make_class("0123456789ABCDEFabcdef");

// What may stand in a request target: visible ASCII but for the four that RFC 3986 reserves as
// delimiters of URIs themselves. Browsers do send the others unescaped in a query.
constexpr ByteClass make_target_class(std::size_t end) {
  ByteClass table{};
  for (std::size_t byte = 0x21; byte < end; ++byte) table[byte] = byte != 0x7f;
  for (const char delimiter : std::string_view("\"#<>")) {
    table[static_cast<unsigned char>(delimiter)] = false;
  }
  return table;
}
inline constexpr ByteClass kTargetBytes = make_target_class(0x80);
// With the bytes from 0x80 up that HTTP/1.0 allows (RFC 1945 section 3.2.1: "national").
inline constexpr ByteClass kNationalTargetBytes = make_target_class(0x100);

constexpr bool is_in(const ByteClass& table, char byte) {
  return table[static_cast<unsigned char>(byte)];
}

}  // namespace e3::server
