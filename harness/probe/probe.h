// SPDX-License-Identifier: MIT
// What can be learned about a server by asking: nothing is judged.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/checks/profile.h"
#include "harness/world/world_source.h"

namespace e3::probe {

// Bytes and seconds are numbers; monostate: not known, or not there.
using Value = std::variant<std::monostate, bool, std::size_t, double, std::string>;

struct Fact {
  std::string_view key;    // for programs: "keep_alive_1_1"
  std::string_view label;  // for people: "keep-alive, HTTP/1.1"
  Value value;
  std::string says;  // the value for people
};

struct Options {
  std::uint64_t seed = 42;
  std::optional<std::chrono::milliseconds> wait = {};  // for time-outs; else as long as is cheap
};

struct Result {
  std::vector<Fact> facts;
  Profile profile;  // the one given, with what was learned
};

// Throws ControlFailed when the server does not answer the profile's request, TargetUnavailable
// when there is none, or none any more.
Result probe(WorldSource& source, const Profile& profile, const Options& options);

}  // namespace e3::probe
