// SPDX-License-Identifier: MIT
// The metamorphic invariant: what a peer got is what the same request gets when nothing disturbs
// the exchange.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "harness/invariants/invariants.h"
#include "harness/world/peer.h"

namespace e3 {

struct Answer {
  std::string bytes;
  Ending ending = Ending::kOpen;
  std::size_t size = 0;  // as it came: `bytes` may be without what differs between two exchanges
  bool is_cut = false;   // it stopped before the end that it announced, and the connection is open
};

// Null when what a peer got, and how it ended, is the undisturbed answer `wanted`. A reset instead
// of an end of file harms nobody: only what the peer could read counts. Both are given without what
// may legitimately differ between two exchanges.
std::optional<Violation> compare_answers(std::string_view got, Ending ending, const Answer& wanted);
// The same for a peer that went away itself: it may have seen any beginning of the answer.
std::optional<Violation> compare_beginning(std::string_view got, const Answer& wanted);

// Of an undisturbed request that got nothing: what became of it and, where that is known, of the
// target.
std::string why_no_answer(World& world, Ending ending);

}  // namespace e3
