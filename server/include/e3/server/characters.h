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

inline constexpr ByteClass kBlanks = make_class(" \t");
inline constexpr ByteClass kDigits = make_class("0123456789");
inline constexpr ByteClass kHexDigits = make_class("0123456789ABCDEFabcdef");

constexpr ByteClass make_range(std::size_t first, std::size_t end, std::string_view but_for) {
  ByteClass table{};
  for (std::size_t byte = first; byte != end; ++byte) {
    table[byte] = but_for.find(static_cast<char>(byte)) == but_for.npos;
  }
  return table;
}

// What may stand in a request target: visible ASCII but for the four that RFC 3986 reserves as
// delimiters of URIs themselves. Browsers do send the others unescaped in a query.
inline constexpr ByteClass kTargetBytes = make_range(0x21, 0x7f, "\"#<>");
// With the bytes from 0x80 up that HTTP/1.0 allows (RFC 1945 section 3.2.1: "national").
inline constexpr ByteClass kNationalTargetBytes = make_range(0x21, 0x100, "\"#<>\x7f");

// RFC 9110 section 5.5: what a field value may hold.
inline constexpr ByteClass kTextBytes = [] {
  ByteClass table = make_range(0x20, 0x100, "\x7f");
  table['\t'] = true;
  return table;
}();

constexpr bool is_in(const ByteClass& table, char byte) {
  return table[static_cast<unsigned char>(byte)];
}

}  // namespace e3::server
