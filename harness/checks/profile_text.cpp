// SPDX-License-Identifier: MIT
#include "harness/checks/profile_text.h"

#include <sstream>
#include <stdexcept>

#define TOML_HEADER_ONLY 1  // NOLINT: how the library is told not to need its shared object
#include <toml++/toml.h>

namespace e3 {

std::string profile_text(const Profile& profile) {
  toml::table file;
  file.insert("summary", profile.summary);
  file.insert("request", profile.request);
  if (profile.large_request != profile.request) file.insert("large_request", profile.large_request);
  if (!profile.answer_end.empty()) file.insert("answer_end", profile.answer_end);
  if (!profile.greeting_end.empty()) file.insert("greeting_end", profile.greeting_end);
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
    toml::table table{{"after", mask.after}};
    if (!mask.until.empty()) table.insert("until", mask.until);
    masks.push_back(std::move(table));
  }
  if (!masks.empty()) file.insert("mask", std::move(masks));
  // Line ends are written out: an editor must not be able to change them unseen.
  const auto flags =
      toml::toml_formatter::default_flags &
      ~(toml::format_flags::allow_multi_line_strings | toml::format_flags::allow_literal_strings);
  std::ostringstream text;
  text << toml::toml_formatter{file, flags} << '\n';
  // What cannot be written right is found out here, not by whoever reads the file.
  const Profile again = parse_profile(text.str(), profile.name);
  if (again.request != profile.request || again.large_request != profile.large_request) {
    throw std::invalid_argument("the profile's request cannot be written in TOML");
  }
  return text.str();
}

}  // namespace e3
