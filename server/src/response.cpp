// SPDX-License-Identifier: MIT
#include "e3/server/response.h"

#include <charconv>
#include <cstdio>

namespace e3::server {

namespace {

struct Reason {
  Status status;
  std::string_view phrase;
};

constexpr Reason kReasons[] = {
    {Status::kBadRequest, "Bad Request"},
    {Status::kRequestTimeout, "Request Timeout"},
    {Status::kContentTooLarge, "Content Too Large"},
    {Status::kUriTooLong, "URI Too Long"},
    {Status::kExpectationFailed, "Expectation Failed"},
    {Status::kRequestHeaderFieldsTooLarge, "Request Header Fields Too Large"},
    {Status::kNotImplemented, "Not Implemented"},
    {Status::kVersionNotSupported, "HTTP Version Not Supported"},
};

// RFC 9110 section 15. The phrase of what is not in the list may be empty (RFC 9112 section 4).
std::string_view reason_phrase(Status status) {
  for (const Reason& reason : kReasons) {
    if (reason.status == status) return reason.phrase;
  }
  return {};
}

std::string_view end_of_fields(ResponseForm form) {
  const bool persists_by_default = form.minor_version != 0;
  if (form.keep_alive == persists_by_default) return "\r\n\r\n";
  return form.keep_alive ? "\r\nConnection: keep-alive\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
}

}  // namespace

// Written out rather than left to strftime(3), whose names depend on the locale.
std::string imf_fixdate(std::chrono::seconds since_epoch) {
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_seconds time(since_epoch);
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

ResponseWriter::ResponseWriter(const std::optional<std::string>& fixed_date)
    : has_fixed_date_(fixed_date.has_value()) {
  if (fixed_date) write_common_part(*fixed_date);
}

void ResponseWriter::set_time(std::chrono::seconds since_epoch) {
  if (has_fixed_date_ || since_epoch == time_) return;
  time_ = since_epoch;
  write_common_part(imf_fixdate(since_epoch));
}

void ResponseWriter::write_common_part(const std::string& date) {
  common_part_.assign("\r\nDate: ").append(date);
  common_part_ += "\r\nContent-Type: text/plain\r\nContent-Length: ";
  ok_heads_[0].assign("HTTP/1.0 200 OK").append(common_part_);
  ok_heads_[1].assign("HTTP/1.1 200 OK").append(common_part_);
}

void ResponseWriter::append(std::string& out, Status status, std::string_view body,
                            ResponseForm form) const {
  std::string error_head;
  if (status != Status::kOk) {
    error_head = form.minor_version == 0 ? "HTTP/1.0 " : "HTTP/1.1 ";
    error_head += std::to_string(static_cast<int>(status)) + ' ';
    error_head.append(reason_phrase(status)).append(common_part_);
  }
  std::array<char, 20> digits{};
  const auto converted = std::to_chars(digits.data(), digits.data() + digits.size(), body.size());
  const std::string_view parts[] = {
      error_head.empty() ? ok_heads_[form.minor_version] : error_head,
      {digits.data(), static_cast<std::size_t>(converted.ptr - digits.data())},
      end_of_fields(form),
      form.without_body ? std::string_view{} : body,
  };
  std::size_t at = out.size();
  out.resize(at + parts[0].size() + parts[1].size() + parts[2].size() + parts[3].size());
  for (const std::string_view part : parts) at += part.copy(out.data() + at, part.size());
}

}  // namespace e3::server
