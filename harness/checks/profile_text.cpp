// SPDX-License-Identifier: MIT
#include "harness/checks/profile_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#define TOML_HEADER_ONLY 1  // NOLINT: how the library is told not to need its shared object
#include <toml++/toml.h>

namespace e3 {
namespace {

bool is_ascii(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return (c & 0x80) == 0; });
}

// What is no text cannot be a string in TOML.
void insert_bytes(toml::table& table, const std::string& key, std::string_view bytes) {
  if (is_ascii(bytes)) {
    table.insert(key, bytes);
    return;
  }
  const auto* first = reinterpret_cast<const unsigned char*>(bytes.data());
  table.insert(key + "_hex", fmt::format("{:02x}", fmt::join(first, first + bytes.size(), " ")));
}

}  // namespace

std::string profile_text(const Profile& profile) {
  toml::table file;
  file.insert("summary", profile.summary);
  insert_bytes(file, "request", profile.request);
  if (profile.large_request != profile.request) {
    insert_bytes(file, "large_request", profile.large_request);
  }
  if (!profile.answer_end.empty()) insert_bytes(file, "answer_end", profile.answer_end);
  if (!profile.greeting_end.empty()) insert_bytes(file, "greeting_end", profile.greeting_end);
  if (!profile.login.empty()) insert_bytes(file, "login", profile.login);
  if (!profile.login_end.empty()) insert_bytes(file, "login_end", profile.login_end);
  if (profile.pad_at) file.insert("pad_at", static_cast<std::int64_t>(*profile.pad_at));
  if (profile.is_http) file.insert("http", true);
  if (profile.answers_alike) file.insert("answers_alike", true);
  if (profile.peer_ends) {
    file.insert("peer_ends", true);
  }
  for (const HalfCloseName& each : kHalfCloseNames) {
    const bool holds = !profile.peer_ends && profile.half_close == each.policy;
    if (holds) file.insert("half_close", each.name);
  }
  if (profile.time_out) file.insert("time_out_ms", std::int64_t{profile.time_out->count()});
  if (const auto& length = profile.answer_length) {
    file.insert("answer_length",
                toml::table{{"at", static_cast<std::int64_t>(length->at)},
                            {"bytes", static_cast<std::int64_t>(length->bytes)},
                            {"order", length->little_endian ? "little-endian" : "big-endian"},
                            {"more", static_cast<std::int64_t>(length->more)}});
  }
  toml::array masks;
  for (const Mask& mask : profile.masks) {
    toml::table table;
    insert_bytes(table, "after", mask.after);
    if (!mask.until.empty()) insert_bytes(table, "until", mask.until);
    masks.push_back(std::move(table));
  }
  if (!masks.empty()) file.insert("mask", std::move(masks));
  // Line ends are written out: an editor must not be able to change them unseen.
  const auto flags =
      toml::toml_formatter::default_flags &
      ~(toml::format_flags::allow_multi_line_strings | toml::format_flags::allow_literal_strings);
  std::ostringstream text;
  text << toml::toml_formatter{file, flags} << '\n';
  return text.str();
}

}  // namespace e3
