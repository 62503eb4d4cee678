// SPDX-License-Identifier: MIT
// What a peer sends that never stops, and whether the target keeps it.
#pragma once

#include <cstddef>

#include "harness/checks/session.h"

namespace e3 {

// Bytes: more than all the buffers between two programs take, and than a sensible limit.
inline std::size_t flood_size(Session& session) {
  const bool real_buffers = !session.world().abilities().repeatable;
  return std::size_t{real_buffers ? 64U : 16U} << 20;
}

// Whether the target uses more than before by over `bytes`.
inline bool grew(const World::Usage& before, const World::Usage& now, std::size_t bytes) {
  return now.resident > before.resident + bytes || now.allocated > before.allocated + bytes;
}

}  // namespace e3
