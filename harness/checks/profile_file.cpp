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
  Mask mask{.after = table.required_text("after"), .until = table.text("until").value_or("")};
  table.refuse_unknown_keys();
  return mask;
}

Profile profile_of(TomlTable& file, const std::string& name) {
  Profile profile;
  profile.name = name;
  profile.summary = file.text("summary").value_or("");
  profile.request = file.required_text("request");
  profile.large_request = file.text("large_request").value_or(profile.request);
  if (profile.large_request.empty()) file.fail("large_request", "must not be empty");
  profile.answer_end = file.text("answer_end").value_or("");
  profile.greeting_end = file.text("greeting_end").value_or("");
  const auto last = static_cast<std::int64_t>(profile.request.size());
  if (const auto pad_at = file.integer("pad_at", 0, last)) {
    profile.pad_at = static_cast<std::size_t>(*pad_at);
  }
  profile.is_http = file.boolean("http").value_or(false);
  profile.peer_ends = file.boolean("peer_ends").value_or(false);
  if (file.choice("half_close", {"answers", "may-close"}) == "may-close") {
    profile.half_close = HalfClose::kMayClose;
    if (profile.peer_ends) file.fail("half_close", "contradicts peer_ends = true");
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
