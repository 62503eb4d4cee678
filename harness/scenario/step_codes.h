// SPDX-License-Identifier: MIT
// The numbers of the byte form. 0x00 to 0x7f are payload.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "harness/scenario/step.h"

namespace e3::scenario::codes {

// Four codes each, one for each of the first four peers: that peer becomes the current one.
constexpr std::uint8_t kSelect = 0x80;  // ends a segment; the next payload is this peer's
constexpr std::uint8_t kConnect = 0x84;
constexpr std::uint8_t kConnectTiny = 0x88;
constexpr std::uint8_t kHalfClose = 0x8c;
constexpr std::uint8_t kClose = 0x90;
constexpr std::uint8_t kReset = 0x94;
constexpr std::uint8_t kExpectAnswer = 0x98;
constexpr std::uint8_t kRead = 0x9c;     // 16: for each of kReadAmounts the four peers
constexpr std::uint8_t kAdvance = 0xac;  // 8: kAdvanceAmounts
constexpr std::uint8_t kSettle = 0xb4;
constexpr std::uint8_t kHighByte = 0xb5;  // payload: the next byte with its highest bit set
constexpr std::uint8_t kRepeat = 0xb6;    // 2: payload: the last byte kRepeatAmounts times more
constexpr std::uint8_t kShift = 0xb8;     // the next step is of a peer four higher
// The payload behind it, up to the next byte from 0x80 up, is a fault in words: "recv conn EPIPE".
constexpr std::uint8_t kFaultText = 0xb9;
// Up to 0xef: one of kFaults; an amount before it counts the calls up to the struck one.
constexpr std::uint8_t kFault = 0xc0;
// 16: a hexadecimal digit of the amount that the next step takes instead of its own.
constexpr std::uint8_t kDigit = 0xf0;

constexpr std::size_t kPeersInCode = 4;
constexpr std::array<std::uint64_t, 4> kReadAmounts{1, 16, 256, kReadAll};
constexpr std::array<std::uint64_t, 8> kAdvanceAmounts{1,     20,     250,    1'000,
                                                       5'000, 20'000, 60'000, kAdvanceMax};
constexpr std::array<std::uint64_t, 2> kRepeatAmounts{64, 4'096};

constexpr std::array<std::string_view, 18> kFaults{"accept listener ECONNABORTED",
                                                   "accept listener EMFILE",
                                                   "accept listener ENFILE",
                                                   "accept listener ENOMEM",
                                                   "recv conn EAGAIN",
                                                   "recv conn short=1",
                                                   "recv conn short=16",
                                                   "recv conn ECONNRESET",
                                                   "recv conn ETIMEDOUT",
                                                   "send conn EAGAIN",
                                                   "send conn short=1",
                                                   "send conn short=16",
                                                   "send conn EPIPE",
                                                   "send conn ECONNRESET",
                                                   "epoll_ctl_add conn ENOMEM",
                                                   "epoll_ctl_add conn ENOSPC",
                                                   "epoll_wait epoll EINTR",
                                                   "shutdown conn ENOTCONN"};

}  // namespace e3::scenario::codes
