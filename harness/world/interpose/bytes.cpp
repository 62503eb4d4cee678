// SPDX-License-Identifier: MIT
// Interposed: the calls that move bytes, all reduced to SystemCalls::receive and transmit.
#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/turn.h"

using e3::ByteCall;
using e3::interpose::returned;
using e3::interpose::Turn;
namespace real = e3::real;

extern "C" {

ssize_t read(int fd, void* buffer, size_t size) {
  const iovec part{.iov_base = buffer, .iov_len = size};
  if (Turn kernel; kernel.owns(fd)) {
    return returned<ssize_t>(kernel->receive(ByteCall::kRead, fd, &part, 1, 0));
  }
  return real::read(fd, buffer, size);
}

ssize_t readv(int fd, const iovec* parts, int count) {
  if (Turn kernel; kernel.owns(fd)) {
    return returned<ssize_t>(kernel->receive(ByteCall::kReadv, fd, parts, count, 0));
  }
  return real::readv(fd, parts, count);
}

ssize_t recv(int fd, void* buffer, size_t size, int flags) {
  const iovec part{.iov_base = buffer, .iov_len = size};
  if (Turn kernel; kernel.owns(fd)) {
    return returned<ssize_t>(kernel->receive(ByteCall::kRecv, fd, &part, 1, flags));
  }
  return real::recv(fd, buffer, size, flags);
}

ssize_t recvfrom(int fd, void* buffer, size_t size, int flags, sockaddr* from,
                 socklen_t* from_size) {
  const iovec part{.iov_base = buffer, .iov_len = size};
  if (Turn kernel; kernel.owns(fd)) {
    const long got = kernel->receive(ByteCall::kRecvfrom, fd, &part, 1, flags);
    // A connected stream has no sender to name.
    if (got >= 0 && from_size != nullptr) *from_size = 0;
    return returned<ssize_t>(got);
  }
  return real::recvfrom(fd, buffer, size, flags, from, from_size);
}

ssize_t recvmsg(int fd, msghdr* message, int flags) {
  if (Turn kernel; kernel.owns(fd)) {
    const long got = kernel->receive(ByteCall::kRecvmsg, fd, message->msg_iov,
                                     static_cast<int>(message->msg_iovlen), flags);
    if (got >= 0) {  // nor has it here
      message->msg_namelen = 0;
      message->msg_controllen = 0;
      message->msg_flags = 0;
    }
    return returned<ssize_t>(got);
  }
  return real::recvmsg(fd, message, flags);
}

ssize_t write(int fd, const void* buffer, size_t size) {
  const iovec part{.iov_base = const_cast<void*>(buffer), .iov_len = size};
  if (Turn kernel; kernel.owns(fd)) {
    return returned<ssize_t>(kernel->transmit(ByteCall::kWrite, fd, &part, 1, 0));
  }
  return real::write(fd, buffer, size);
}

ssize_t writev(int fd, const iovec* parts, int count) {
  if (Turn kernel; kernel.owns(fd)) {
    return returned<ssize_t>(kernel->transmit(ByteCall::kWritev, fd, parts, count, 0));
  }
  return real::writev(fd, parts, count);
}

ssize_t send(int fd, const void* buffer, size_t size, int flags) {
  const iovec part{.iov_base = const_cast<void*>(buffer), .iov_len = size};
  if (Turn kernel; kernel.owns(fd)) {
    return returned<ssize_t>(kernel->transmit(ByteCall::kSend, fd, &part, 1, flags));
  }
  return real::send(fd, buffer, size, flags);
}

ssize_t sendto(int fd, const void* buffer, size_t size, int flags, const sockaddr* to,
               socklen_t to_size) {
  const iovec part{.iov_base = const_cast<void*>(buffer), .iov_len = size};
  if (Turn kernel; kernel.owns(fd)) {
    return returned<ssize_t>(kernel->transmit(ByteCall::kSendto, fd, &part, 1, flags));
  }
  return real::sendto(fd, buffer, size, flags, to, to_size);
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  if (Turn kernel; kernel.owns(fd)) {
    if (message->msg_controllen != 0) kernel->unmodelled("sendmsg with control messages");
    return returned<ssize_t>(kernel->transmit(ByteCall::kSendmsg, fd, message->msg_iov,
                                              static_cast<int>(message->msg_iovlen), flags));
  }
  return real::sendmsg(fd, message, flags);
}

ssize_t sendfile(int out, int in, off_t* offset, size_t size) noexcept {
  if (Turn kernel; kernel.owns(out)) {
    return returned<ssize_t>(kernel->sendfile(out, in, offset, size));
  }
  return real::sendfile(out, in, offset, size);
}

// The name that -D_FILE_OFFSET_BITS=64 makes of it.
ssize_t sendfile64(int out, int in, off_t* offset, size_t size) noexcept {
  return sendfile(out, in, offset, size);
}

}  // extern "C"

namespace e3::interpose {
void link_bytes() {}
}  // namespace e3::interpose
