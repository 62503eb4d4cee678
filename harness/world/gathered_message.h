// SPDX-License-Identifier: MIT
// The parts of a vectored call as sendmsg(2) and recvmsg(2) take them.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstddef>

namespace e3 {

// Neither an address nor control data. Valid as long as `parts`.
inline msghdr message_of(const iovec* parts, int count) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts);
  message.msg_iovlen = static_cast<std::size_t>(count);
  return message;
}

}  // namespace e3
