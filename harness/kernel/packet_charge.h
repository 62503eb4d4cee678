// SPDX-License-Identifier: MIT
// What one packet of an AF_UNIX stream costs in kernel memory, which is what SO_SNDBUF counts: a
// few hundred one-byte sends fill a buffer of two hundred kilobytes. Measured by SIOCOUTQ on Linux
// 6.18, x86-64; other kernels differ in the figures, not in the rule.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "page_size.h"

namespace e3::sim {

inline constexpr std::size_t kPacketHeadMax = 3776;  // what fits into the first page
inline constexpr std::size_t kPacketFragmentsMax = 32 * std::size_t{1024};

constexpr std::size_t round_to_pages(std::size_t size) {
  return (size + kPageSize - 1) / kPageSize * kPageSize;
}

// How much of `wanted` bytes goes into one packet.
constexpr std::size_t packet_size_of(std::size_t wanted, std::size_t send_buffer) {
  return std::min({wanted, send_buffer / 2 - 64, kPacketHeadMax + kPacketFragmentsMax});
}

constexpr std::size_t charge_of_packet(std::size_t size) {
  struct HeadClass {
    std::size_t payload_max;
    std::size_t charge;
  };
  constexpr std::array kHeadClasses{HeadClass{192, 768}, HeadClass{704, 1280},
                                    HeadClass{1728, 2304}, HeadClass{kPacketHeadMax, 4352}};
  const std::size_t in_pages =
      size > kPacketHeadMax ? std::min(size, round_to_pages(size - kPacketHeadMax)) : 0;
  const std::size_t in_head = size - in_pages;
  for (const HeadClass& head : kHeadClasses) {
    if (in_head <= head.payload_max) return head.charge + round_to_pages(in_pages);
  }
  return round_to_pages(size);
}

}  // namespace e3::sim
