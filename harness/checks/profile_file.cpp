// SPDX-License-Identifier: MIT
// Profiles of protocols that e3 does not know: harness/checks/PROFILES.md describes the file.
#include <fmt/format.h>

#include <map>
#include <stdexcept>

#include "harness/checks/profile.h"
#include "harness/checks/toml_table.h"

namespace e3 {
namespace {

Mask mask_of(TomlTable& table) {
  Mask mask{.after = table.required_bytes("after"), .until = table.bytes("until").value_or("")};
  table.refuse_unknown_keys();
  return mask;
}

LengthField length_of(TomlTable& table) {
  LengthField field;
  field.at = static_cast<std::size_t>(table.integer("at", 0, 1 << 16).value_or(0));
  const std::int64_t bytes = table.integer("bytes", 1, 8).value_or(4);
  if ((bytes & (bytes - 1)) != 0) table.fail("bytes", "must be 1, 2, 4 or 8");
  field.bytes = static_cast<std::size_t>(bytes);
  field.little_endian = table.choice("order", {"big-endian", "little-endian"}) == "little-endian";
  field.more = static_cast<std::size_t>(table.integer("more", 0, 1 << 16).value_or(0));
  table.refuse_unknown_keys();
  return field;
}

void take_half_close(TomlTable& file, Profile& profile) {
  std::vector<std::string_view> names;
  for (const HalfCloseName& each : kHalfCloseNames) names.push_back(each.name);
  const auto chosen = file.choice("half_close", names);
  for (const HalfCloseName& each : kHalfCloseNames) {
    if (chosen == each.name) profile.half_close = each.policy;
  }
  if (profile.half_close != HalfClose::kAnswers && profile.peer_ends) {
    file.fail("half_close", "contradicts peer_ends = true");
  }
}

Profile profile_of(TomlTable& file, const std::string& name) {
  Profile profile;
  profile.name = name;
  profile.summary = file.text("summary").value_or("");
  profile.request = file.required_bytes("request");
  profile.large_request = file.bytes("large_request").value_or(profile.request);
  if (profile.large_request.empty()) file.fail("large_request", "must not be empty");
  profile.answer_end = file.bytes("answer_end").value_or("");
  profile.greeting_end = file.bytes("greeting_end").value_or("");
  profile.login = file.bytes("login").value_or("");
  profile.login_end = file.bytes("login_end").value_or("");
  if (profile.login.empty() && !profile.login_end.empty()) {
    file.fail("login_end", "ends the answer to a login, and there is none");
  }
  const auto last = static_cast<std::int64_t>(profile.request.size());
  if (const auto pad_at = file.integer("pad_at", 0, last)) {
    profile.pad_at = static_cast<std::size_t>(*pad_at);
  }
  profile.is_http = file.boolean("http").value_or(false);
  profile.answers_alike = file.boolean("answers_alike").value_or(false);
  profile.peer_ends = file.boolean("peer_ends").value_or(false);
  take_half_close(file, profile);
  if (auto length = file.table("answer_length")) {
    if (!profile.answer_end.empty()) file.fail("answer_length", "contradicts answer_end");
    profile.answer_length = length_of(*length);
  }
  if (const auto time_out = file.integer("time_out_ms", 1, 600'000)) {
    profile.time_out = std::chrono::milliseconds(*time_out);
  }
  for (TomlTable& table : file.tables("mask")) profile.masks.push_back(mask_of(table));
  file.refuse_unknown_keys();
  return profile;
}

}  // namespace

Profile parse_profile(std::string_view text, const std::string& name) {
  TomlTable file = TomlTable::parse(text, name);
  return profile_of(file, name);
}

const Profile& load_profile(const std::string& word) {
  if (const Profile* known = find_profile(word)) return *known;
  if (!word.ends_with(".toml")) {
    std::string names;
    for (const Profile& profile : profiles()) names += profile.name + ", ";
    throw std::invalid_argument(
        fmt::format("no profile is called '{}'; take {}or a FILE.toml", word, names));
  }
  static auto& read = *new std::map<std::string, Profile>;  // never destroyed
  const auto found = read.find(word);
  if (found != read.end()) return found->second;
  TomlTable file = TomlTable::read_file(word);
  return read.emplace(word, profile_of(file, word)).first->second;
}

}  // namespace e3
