// SPDX-License-Identifier: MIT
// What must hold after every scenario, whatever it did: the target lives, does not spin, holds no
// more descriptors than before, made no call that no correct server makes, and still serves
// another connection.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "harness/world/world.h"

namespace e3 {

// What a scenario or an invariant saw go wrong; a check maps it to a cause.
enum class Symptom {
  kNone,
  kDied,         // the target ended
  kSpins,        // busy with nothing to do
  kLeaks,        // descriptors above the baseline
  kMisuse,       // closed a descriptor twice, and the like
  kDeaf,         // another connection is no longer served
  kNoAnswer,     // nothing, or not all of it
  kWrongAnswer,  // other bytes than the undisturbed exchange
  kEarlyAnswer,  // answered before the request was complete
  kNotAccepted,  // the connection was never taken up
  kNotEnded,     // the connection stays open
  kBadLength,    // the announced length is not the body's, or the answer cannot be parsed
  kExtraAnswer,  // more answers than there were requests
  kUnbounded,    // takes whatever is sent, without end, or memory with every connection
  kNotStopped,   // goes on when asked to end
  kSleeps,       // in a call for one connection, while others wait
};

std::string_view to_string(Symptom symptom);
std::optional<Symptom> symptom_named(std::string_view name);

struct Violation {
  Symptom symptom = Symptom::kNone;
  std::string expected;
  std::string actual;
  bool waits_for_ever = false;  // the target kept the peer waiting, and the connection open
  bool too_long = false;        // an answer, not cut short
  bool on_event = false;        // it spins, and each wait ends with an event
};

// The target lives, is quiet, and misused nothing.
std::optional<Violation> check_health(World& world);
// The target holds no more descriptors than `baseline`, once it had time to close them.
std::optional<Violation> check_descriptors(World& world, std::optional<std::size_t> baseline);
// That another connection is served needs to know the protocol: see Session.

}  // namespace e3
