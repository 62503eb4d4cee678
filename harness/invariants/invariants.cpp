// SPDX-License-Identifier: MIT
#include "harness/invariants/invariants.h"

#include <fmt/format.h>

namespace e3 {

std::string_view to_string(Symptom symptom) {
  switch (symptom) {
    case Symptom::kNone:
      return "none";
    case Symptom::kDied:
      return "died";
    case Symptom::kSpins:
      return "spins";
    case Symptom::kLeaks:
      return "leaks";
    case Symptom::kMisuse:
      return "misuse";
    case Symptom::kDeaf:
      return "deaf";
    case Symptom::kNoAnswer:
      return "no-answer";
    case Symptom::kWrongAnswer:
      return "wrong-answer";
    case Symptom::kEarlyAnswer:
      return "early-answer";
    case Symptom::kNotAccepted:
      return "not-accepted";
    case Symptom::kNotEnded:
      return "not-ended";
    case Symptom::kBadLength:
      return "bad-length";
    case Symptom::kExtraAnswer:
      return "extra-answer";
    case Symptom::kUnbounded:
      return "unbounded";
    case Symptom::kNotStopped:
      return "not-stopped";
    case Symptom::kSleeps:
      return "sleeps";
  }
  return "unknown";
}

std::optional<Symptom> symptom_named(std::string_view name) {
  for (int i = 0;; ++i) {
    const auto symptom = static_cast<Symptom>(i);
    const std::string_view known = to_string(symptom);
    if (known == "unknown") return std::nullopt;  // behind the last
    if (known == name) return symptom;
  }
}

std::optional<Violation> check_health(World& world) {
  const Health health = world.health();
  if (health.death) {
    return Violation{Symptom::kDied, "the server lives on", *health.death};
  }
  if (health.spin) {
    return Violation{Symptom::kSpins, "a quiet server waits in epoll_wait",
                     *health.spin,    false,
                     false,           health.spins_on_event};
  }
  if (!health.misuse.empty()) {
    return Violation{Symptom::kMisuse, "only descriptors and memory that exist are used",
                     health.misuse.front()};
  }
  return std::nullopt;
}

std::optional<Violation> check_descriptors(World& world, std::optional<std::size_t> baseline) {
  if (!baseline) return std::nullopt;
  const auto count = world.descriptors_down_to(*baseline);
  if (count && *count > *baseline) {
    return Violation{Symptom::kLeaks,
                     fmt::format("{} descriptors, as before the scenario", *baseline),
                     fmt::format("{} descriptors", *count)};
  }
  return std::nullopt;
}

}  // namespace e3
