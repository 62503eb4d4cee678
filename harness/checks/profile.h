// SPDX-License-Identifier: MIT
// What e3 says to a server, and what it may not compare in the answer. The answer itself is
// learned from an undisturbed exchange.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace e3 {

// Part of an answer that may differ between two exchanges: what stands behind `after`, up to
// `until` or to the answer's end.
struct Mask {
  std::string after;
  std::string until;
};

// Whether a peer that has ended its sending side is still answered, or must be left. All are
// legitimate; which of them holds is the protocol's to say.
enum class HalfClose { kAnswers, kMayClose, kCloses };

// As a file spells them.
struct HalfCloseName {
  HalfClose policy;
  std::string_view name;
};
inline constexpr HalfCloseName kHalfCloseNames[] = {{HalfClose::kAnswers, "answers"},
                                                    {HalfClose::kMayClose, "may-close"},
                                                    {HalfClose::kCloses, "closes"}};

// Where an answer says how long it is: an unsigned number, the most significant byte first unless
// `little_endian`, which counts the bytes of the answer but for `more` of them.
struct LengthField {
  std::size_t at = 0;
  std::size_t bytes = 4;  // 1, 2, 4 or 8
  bool little_endian = false;
  std::size_t more = 0;
};

// The size of the answer that `received` begins with; nullopt while the field is incomplete.
std::optional<std::size_t> announced_size(const LengthField& field, std::string_view received);

struct Profile {
  std::string name;  // the word that load_profile() takes
  std::string summary;
  std::string request;
  std::string large_request;    // asks for an answer larger than small socket buffers
  std::string answer_end = {};  // the last bytes of each answer; empty: it ends with the
                                // connection, or when nothing more comes
  std::optional<LengthField> answer_length = {};  // instead of answer_end
  std::string greeting_end = {};  // the last bytes of what the server says first, if anything
  std::string login = {};         // what a peer sends first on each connection, if anything
  std::string login_end = {};     // the last bytes of the answer to that, if it gets one
  std::vector<Mask> masks = {};
  HalfClose half_close = HalfClose::kAnswers;
  // How long a peer may be silent, or keep a request unfinished, before the server ends the
  // connection; nullopt: not known.
  std::optional<std::chrono::milliseconds> time_out = {};
  // Where the request can be made longer, by any letters or digits; nullopt: nowhere.
  std::optional<std::size_t> pad_at = {};
  bool is_http = false;        // the answer has a status line; its Date may differ
  bool answers_alike = false;  // whatever the request: the server does not read messages
  bool peer_ends = false;      // the request ends with the peer's half-close
};

// Those that need no file.
std::span<const Profile> profiles();
// Null when there is none of that name.
const Profile* find_profile(std::string_view name);
// What a file says; `name` is what complaints call it. Throws ConfigurationError.
Profile parse_profile(std::string_view text, const std::string& name);
// The profile of that name, or of the file where `word` ends in ".toml"; lives as long as the
// process. Throws std::invalid_argument, which says what there is.
const Profile& load_profile(const std::string& word);

// The request with `filler` inserted at `pad_at`, which must be set: another valid request.
std::string padded_request(const Profile& profile, std::string_view filler);

// The answer with what may legitimately differ between two exchanges blanked out.
std::string masked(const Profile& profile, std::string_view answer);

// The three digits of an HTTP status line, or 0 when the answer does not begin with one.
int http_status(std::string_view answer);

}  // namespace e3
