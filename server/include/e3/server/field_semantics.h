// SPDX-License-Identifier: MIT
// What the fields that frame a message and route it mean: Host, Content-Length, Transfer-Encoding,
// Connection, Expect (RFC 9112 sections 3.2, 6 and 9.3; RFC 9110 section 10.1.1). All others are
// carried, not read.
#pragma once

#include <cstdint>
#include <string_view>

#include "e3/server/request.h"

namespace e3::server {

// Sets request.resource from request.target by its form (RFC 9112 section 3.2): origin-form,
// absolute-form with http or https, or asterisk-form with OPTIONS. False for any other.
bool interpret_target(Request& request);

class FieldSemantics {
 public:
  // False for most of the names that take() would pass over, by their length alone.
  static bool may_matter(std::string_view name) noexcept {
    constexpr std::uint64_t kLengths = 1U << 4 | 1U << 6 | 1U << 10 | 1U << 14 | 1U << 17;
    return name.size() < 64 && (kLengths >> name.size() & 1) != 0;
  }
  // Call for each field in order; request.minor_version must be known.
  Refusal take(const Field& field, Request& request);
  // Call after the last field: what only the whole set can tell.
  Refusal finish(Request& request) const;

 private:
  Refusal take_host(std::string_view value, Request& request);
  Refusal take_length(std::string_view value, Request& request);
  Refusal take_coding(std::string_view value, Request& request);
  void take_connection(std::string_view value);

  bool has_host_ = false;
  int codings_ = 0;  // the last of them is chunked, unless refused
  bool close_ = false;
  bool keep_alive_ = false;
};

}  // namespace e3::server
