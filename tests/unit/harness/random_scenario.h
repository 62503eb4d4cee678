// SPDX-License-Identifier: MIT
// Scenarios and byte strings for property tests; the same for the same generator state.
#pragma once

#include <random>
#include <string>

#include "harness/scenario/step.h"

namespace e3::scenario {

inline std::size_t below(std::mt19937_64& random, std::size_t bound) {
  return static_cast<std::size_t>(random() % bound);
}

// Bytes of every value, with runs of every length up to a whole segment.
inline std::string random_segment(std::mt19937_64& random) {
  std::string bytes;
  const std::size_t pieces = 1 + below(random, 6);
  for (std::size_t i = 0; i < pieces; ++i) {
    const std::size_t longest = std::size_t{1} << below(random, 14);
    bytes.append(1 + below(random, longest), static_cast<char>(below(random, 256)));
  }
  bytes.resize(std::min(bytes.size(), kSegmentMax));
  return bytes;
}

// Any that is legal in some tier.
inline Fault random_fault(std::mt19937_64& random) {
  const auto table = legal_results();
  const LegalResult& result = table[below(random, table.size())];
  Fault fault{.call = result.call, .role = result.role, .error = result.error};
  if (result.error == 0) fault.length = 1 + below(random, 100);
  if (below(random, 2) == 0) fault.nth = static_cast<std::uint32_t>(1 + below(random, 50));
  if (below(random, 3) == 0) fault.times = static_cast<std::uint32_t>(2 + below(random, 50));
  if (below(random, 6) == 0) fault.times = Fault::kAlways;
  if (objection_to(fault)) fault.times = 1;
  return fault;
}

inline Step random_step(std::mt19937_64& random) {
  constexpr Verb kVerbs[] = {Verb::kConnect, Verb::kConnectTiny,  Verb::kSend,   Verb::kSend,
                             Verb::kSend,    Verb::kRead,         Verb::kRead,   Verb::kHalfClose,
                             Verb::kClose,   Verb::kReset,        Verb::kSettle, Verb::kAdvance,
                             Verb::kAdvance, Verb::kExpectAnswer, Verb::kFault,  Verb::kFault};
  Step step;
  step.verb = kVerbs[below(random, std::size(kVerbs))];
  if (has_peer(step.verb)) step.peer = static_cast<std::uint8_t>(below(random, kPeers));
  if (step.verb == Verb::kSend) step.bytes = random_segment(random);
  if (step.verb == Verb::kRead && below(random, 4) != 0) step.amount = 1 + below(random, kReadMax);
  if (step.verb == Verb::kAdvance) step.amount = 1 + below(random, kAdvanceMax);
  if (step.verb == Verb::kFault) step.fault = random_fault(random);
  return step;
}

inline Scenario random_scenario(std::mt19937_64& random) {
  Scenario scenario(below(random, 12));
  for (Step& step : scenario) step = random_step(random);
  return scenario;
}

}  // namespace e3::scenario
