// SPDX-License-Identifier: MIT
#include "e3/server/response.h"

#include <array>
#include <charconv>

namespace e3::server {

namespace {

void append_number(std::string& out, std::size_t number, std::ptrdiff_t digits = 1) {
  std::array<char, 20> text{};
  const char* const end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  for (std::ptrdiff_t i = end - text.data(); i < digits; ++i) out += '0';
  out.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

}  // namespace

// Written out rather than left to strftime(3), whose names depend on the locale.
std::string imf_fixdate(std::chrono::seconds since_epoch) {
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_seconds time(since_epoch);
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string text(kDays[std::chrono::weekday(day).c_encoding()]);
  text += ", ";
  append_number(text, static_cast<unsigned>(date.day()), 2);
  text += ' ';
  text += kMonths[static_cast<unsigned>(date.month()) - 1];
  text += ' ';
  append_number(text, static_cast<std::size_t>(static_cast<int>(date.year())), 4);
  text += ' ';
  append_number(text, static_cast<std::size_t>(clock.hours().count()), 2);
  text += ':';
  append_number(text, static_cast<std::size_t>(clock.minutes().count()), 2);
  text += ':';
  append_number(text, static_cast<std::size_t>(clock.seconds().count()), 2);
  return text += " GMT";
}

std::string_view reason_phrase(Status status) {
  switch (status) {
    case Status::kOk:
      return "OK";
    case Status::kBadRequest:
      return "Bad Request";
    case Status::kRequestTimeout:
      return "Request Timeout";
    case Status::kContentTooLarge:
      return "Content Too Large";
    case Status::kUriTooLong:
      return "URI Too Long";
    case Status::kExpectationFailed:
      return "Expectation Failed";
    case Status::kRequestHeaderFieldsTooLarge:
      return "Request Header Fields Too Large";
    case Status::kNotImplemented:
      return "Not Implemented";
    case Status::kVersionNotSupported:
      return "HTTP Version Not Supported";
  }
  return "Unknown";
}

ResponseWriter::ResponseWriter(const std::optional<std::string>& fixed_date)
    : has_fixed_date_(fixed_date.has_value()) {
  write_common_part(fixed_date.value_or(imf_fixdate(std::chrono::seconds(0))));
}

void ResponseWriter::set_time(std::chrono::seconds since_epoch) {
  if (has_fixed_date_ || since_epoch == time_) return;
  time_ = since_epoch;
  write_common_part(imf_fixdate(since_epoch));
}

void ResponseWriter::write_common_part(std::string_view date) {
  common_part_ = "\r\nDate: ";
  common_part_ += date;
  common_part_ += "\r\nContent-Type: text/plain\r\nContent-Length: ";
  ok_heads_[0] = "HTTP/1.0 200 OK" + common_part_;
  ok_heads_[1] = "HTTP/1.1 200 OK" + common_part_;
}

void ResponseWriter::append(std::string& out, Status status, std::string_view body,
                            ResponseForm form) const {
  if (status == Status::kOk) {
    out += ok_heads_[form.minor_version];
  } else {
    out += form.minor_version == 0 ? "HTTP/1.0 " : "HTTP/1.1 ";
    append_number(out, static_cast<std::size_t>(status));
    out += ' ';
    out += reason_phrase(status);
    out += common_part_;
  }
  append_number(out, body.size());
  const bool persists_by_default = form.minor_version != 0;
  if (form.keep_alive == persists_by_default) {
    out += "\r\n\r\n";
  } else {
    out += form.keep_alive ? "\r\nConnection: keep-alive\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
  }
  if (!form.without_body) out += body;
}

}  // namespace e3::server
