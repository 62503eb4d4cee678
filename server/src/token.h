// SPDX-License-Identifier: MIT
// The words by which a server recognises what an event is about.
#pragma once

#include <cstdint>

namespace e3::server {

// A token is Loop::kWakeToken, that of all listeners, or a slot and its generation. The generation,
// never 0, tells a connection from an earlier one in the same slot, whose events may still lie in
// the batch.
constexpr std::uint64_t kListenerToken = 1;
constexpr std::uint64_t connection_token(std::uint32_t slot, std::uint32_t generation) {
  return std::uint64_t{generation} << 32 | slot;
}
constexpr std::uint32_t generation_of(std::uint64_t token) {
  return static_cast<std::uint32_t>(token >> 32);
}
constexpr std::uint32_t low_half_of(std::uint64_t token) {
  return static_cast<std::uint32_t>(token);
}

}  // namespace e3::server
