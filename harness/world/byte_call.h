// SPDX-License-Identifier: MIT
// The calls that move bytes, all reduced to SystemCalls::receive and transmit: which of them the
// target used.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace e3 {

enum class ByteCall : std::uint8_t {
  kRead,
  kReadv,
  kRecv,
  kRecvfrom,
  kRecvmsg,
  kWrite,
  kWritev,
  kSend,
  kSendto,
  kSendmsg,
};

inline constexpr std::array<std::string_view, 10> kByteCallNames{
    "read", "readv", "recv", "recvfrom", "recvmsg", "write", "writev", "send", "sendto", "sendmsg"};

constexpr std::string_view to_string(ByteCall call) {
  return kByteCallNames[static_cast<std::size_t>(call)];
}

// Also serves descriptors that are no sockets, and knows no flags.
constexpr bool serves_any_file(ByteCall call) {
  return call == ByteCall::kRead || call == ByteCall::kReadv || call == ByteCall::kWrite ||
         call == ByteCall::kWritev;
}

}  // namespace e3
