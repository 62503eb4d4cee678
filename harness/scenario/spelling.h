// SPDX-License-Identifier: MIT
// The words of the text form; what reads them and what prints them share the table.
#pragma once

#include <cstdint>
#include <string_view>

#include "harness/scenario/step.h"

namespace e3::scenario::spelling {

struct PeerVerb {
  Verb verb;
  std::string_view words;  // behind "peerN"
};
// Longer spellings before those they begin with.
constexpr PeerVerb kPeerVerbs[] = {
    {Verb::kConnectTiny, "connect tiny"},
    {Verb::kConnect, "connect"},
    {Verb::kHalfClose, "half-close"},
    {Verb::kClose, "close"},
    {Verb::kReset, "reset"},
    {Verb::kExpectAnswer, "expect answer"},
};

struct Unit {
  std::string_view name;
  std::uint64_t milliseconds;
};
// The largest first: printing takes the first that divides.
constexpr Unit kUnits[] = {{"min", 60'000}, {"s", 1'000}, {"ms", 1}};

}  // namespace e3::scenario::spelling
