// SPDX-License-Identifier: MIT
#include "harness/invariants/answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/world/transcript.h"

namespace e3 {
namespace {

// What a failing answer looks like beside the right one: from the first difference on.
std::string differing_part(std::string_view bytes, std::size_t from) {
  const std::size_t start = from < 16 ? 0 : from - 16;
  return fmt::format("{}{} ({} bytes)", start > 0 ? "..." : "", quoted(bytes.substr(start), 64),
                     bytes.size());
}

}  // namespace

std::optional<Violation> compare_beginning(std::string_view got, const Answer& wanted) {
  if (wanted.bytes.starts_with(got)) return std::nullopt;  // many times as fast as the search
  const auto differ =
      std::mismatch(got.begin(), got.end(), wanted.bytes.begin(), wanted.bytes.end());
  const auto at = static_cast<std::size_t>(differ.first - got.begin());
  return Violation{Symptom::kWrongAnswer, differing_part(wanted.bytes, at), differing_part(got, at),
                   false, got.size() > wanted.bytes.size()};
}

std::optional<Violation> compare_answers(std::string_view got, Ending ending,
                                         const Answer& wanted) {
  if (auto wrong = compare_beginning(got, wanted)) return wrong;
  if (got.size() < wanted.bytes.size()) {
    return Violation{Symptom::kNoAnswer, fmt::format("{} bytes", wanted.bytes.size()),
                     fmt::format("{} bytes, then {}", got.size(), to_string(ending)),
                     ending == Ending::kOpen};
  }
  if (wanted.ending != Ending::kOpen && ending == Ending::kOpen) {
    return Violation{Symptom::kNotEnded, "the server closes after its answer", "still open", true};
  }
  return std::nullopt;
}

std::string why_no_answer(World& world, Ending ending) {
  const auto broken = check_health(world);
  return fmt::format("the undisturbed request got no answer ({}){}{}", to_string(ending),
                     broken ? ": " : "", broken ? broken->actual : "");
}

}  // namespace e3
