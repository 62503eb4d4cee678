// SPDX-License-Identifier: MIT
// Response heads, byte for byte, and the Date they carry. All that does not change within a second
// is written once a second.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "e3/server/request.h"

namespace e3::server {

// RFC 9110 section 5.6.7, such as "Mon, 01 Jan 1996 01:01:01 GMT".
std::string imf_fixdate(std::chrono::seconds since_epoch);

// What the version and the persistence of a connection make of a response.
struct ResponseForm {
  std::uint8_t minor_version = 0;
  bool keep_alive = false;
  bool without_body = false;  // to HEAD: the fields of the whole response, and nothing after them
};

class ResponseWriter {
 public:
  // A fixed date is sent as it is, whatever the clock says. Without one, set_time() comes before
  // the first response.
  explicit ResponseWriter(const std::optional<std::string>& fixed_date);

  // The time of the responses that follow, since 1970 UTC.
  void set_time(std::chrono::seconds since_epoch);

  // Appends a whole response with a text/plain body. It says whether the connection persists only
  // where the version's default does not (RFC 9112 section 9.3).
  void append(std::string& out, Status status, std::string_view body, ResponseForm form) const;

 private:
  void write_common_part(const std::string& date);

  bool has_fixed_date_;
  std::chrono::seconds time_ = std::chrono::seconds::min();  // none yet
  std::string common_part_;                                  // from Date to "Content-Length: "
  std::array<std::string, 2> ok_heads_;  // the same after a status line, by minor version
};

}  // namespace e3::server
