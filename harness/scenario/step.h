// SPDX-License-Identifier: MIT
// A scenario as data: what the peers do, in order, and when the target runs. It has two spellings:
// text (text_form.h) and bytes for fuzzers (byte_form.h); snippet.h makes a test of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/faults/fault.h"

namespace e3::scenario {

// The byte form freezes what each verb means: see byte_form.h before changing this list.
enum class Verb {
  kConnect,      // a new connection, when the peer has none
  kConnectTiny,  // the same, with the smallest buffers the engine can give
  kSend,         // `bytes`, as one segment
  kRead,         // `amount` bytes, or what comes; the target runs while there are fewer
  kHalfClose,    // end of the peer's sending side
  kClose,
  kReset,
  kExpectAnswer,  // reads all; it must be what the undisturbed exchange gives
  kSettle,        // the target runs until it would block
  kAdvance,       // virtual time moves by `amount` milliseconds, and the target with it
  kFault,         // `fault` strikes one of the target's next calls, where the engine can do it
};

constexpr std::size_t kPeers = 8;
// Larger amounts show nothing more, and let a periodic timer pass for a spin.
constexpr std::uint64_t kAdvanceMax = 600'000;  // milliseconds
constexpr std::uint64_t kReadMax = 1'048'576;
constexpr std::uint64_t kReadAll = 0;
// Of one kSend; larger than what small socket buffers hold, small enough for a fuzzer.
constexpr std::size_t kSegmentMax = 16'384;

// A peer's first step connects it, if that is not kConnect or kConnectTiny itself. Steps of a peer
// that has closed do nothing, until it connects anew.
struct Step {
  Verb verb = Verb::kSettle;
  std::uint8_t peer = 0;     // below kPeers; 0 where the verb has none
  std::uint64_t amount = 0;  // kRead: 1..kReadMax, or kReadAll; kAdvance: 1..kAdvanceMax
  std::string bytes = {};    // kSend: 1..kSegmentMax
  Fault fault = {};          // kFault: one without objection

  bool operator==(const Step&) const = default;
};

using Scenario = std::vector<Step>;

// Whether it is a peer that acts.
constexpr bool has_peer(Verb verb) {
  return verb != Verb::kSettle && verb != Verb::kAdvance && verb != Verb::kFault;
}

}  // namespace e3::scenario
