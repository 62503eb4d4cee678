// SPDX-License-Identifier: MIT
// Bytes of a page, on x86-64: what pipes and packets are kept in.
#pragma once

#include <cstddef>

namespace e3::sim {

inline constexpr std::size_t kPageSize = 4096;

}  // namespace e3::sim
