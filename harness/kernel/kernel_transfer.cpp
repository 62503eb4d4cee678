// SPDX-License-Identifier: MIT
// Calls that move bytes: all become one send, receive, read or write of a scatter list.
#include <fcntl.h>

#include <climits>

#include "kernel.h"
#include "machine.h"
#include "socket_call.h"

namespace e3::sim {

namespace {

constexpr std::size_t kPiecesMax = 1024;  // UIO_MAXIOV

iovec piece_of(const void* buffer, std::size_t length) {
  // One call moves at most MAX_RW_COUNT bytes.
  constexpr std::size_t kLengthMax = INT_MAX & ~std::size_t{4095};
  return {const_cast<void*>(buffer), std::min(length, kLengthMax)};
}

// The descriptor's access mode first, then whether such files know the operation at all.
long read_refused(const OpenFile& file) {
  if ((file.flags() & O_ACCMODE) == O_WRONLY) return -EBADF;
  return file.can_read() ? 0 : -EINVAL;
}

long write_refused(const OpenFile& file) {
  if ((file.flags() & O_ACCMODE) == O_RDONLY) return -EBADF;
  return file.can_write() ? 0 : -EINVAL;
}

}  // namespace

long Kernel::recv(int fd, void* buffer, std::size_t length, int flags) {
  const SocketCall call(*machine_, fd);
  if (!call.ok()) return call.error();
  const iovec piece = piece_of(buffer, length);
  return call.socket().receive(ScatterList({&piece, 1}), flags);
}

long Kernel::send(int fd, const void* buffer, std::size_t length, int flags) {
  const SocketCall call(*machine_, fd);
  if (!call.ok()) return call.error();
  const iovec piece = piece_of(buffer, length);
  return call.socket().send(ScatterList({&piece, 1}), flags);
}

// A stream has no source address to tell: the length becomes zero.
long Kernel::recvfrom(int fd, void* buffer, std::size_t length, int flags, sockaddr* address,
                      socklen_t* address_length) {
  const long result = recv(fd, buffer, length, flags);
  if (result >= 0 && address != nullptr && address_length != nullptr) *address_length = 0;
  return result;
}

long Kernel::sendto(int fd, const void* buffer, std::size_t length, int flags,
                    const sockaddr* address, socklen_t address_length) {
  const SocketCall call(*machine_, fd);
  if (!call.ok()) return call.error();
  if (address != nullptr && address_length != 0) {
    const long refusal = call.socket().destination_refused();
    if (refusal != 0) return refusal;
  }
  const iovec piece = piece_of(buffer, length);
  return call.socket().send(ScatterList({&piece, 1}), flags);
}

long Kernel::recvmsg(int fd, msghdr* message, int flags) {
  const SocketCall call(*machine_, fd);
  if (!call.ok()) return call.error();
  if (message->msg_iovlen > kPiecesMax) return -EMSGSIZE;
  const long result =
      call.socket().receive(ScatterList({message->msg_iov, message->msg_iovlen}), flags);
  if (result >= 0) {
    message->msg_namelen = 0;
    message->msg_controllen = 0;
    message->msg_flags = 0;
  }
  return result;
}

long Kernel::sendmsg(int fd, const msghdr* message, int flags) {
  const SocketCall call(*machine_, fd);
  if (!call.ok()) return call.error();
  if (message->msg_iovlen > kPiecesMax) return -EMSGSIZE;
  if (message->msg_name != nullptr && message->msg_namelen != 0) {
    const long refusal = call.socket().destination_refused();
    if (refusal != 0) return refusal;
  }
  return call.socket().send(ScatterList({message->msg_iov, message->msg_iovlen}), flags);
}

long Kernel::read(int fd, void* buffer, std::size_t length) {
  const Descriptor* descriptor = machine_->descriptors.find(fd);
  if (descriptor == nullptr) return -EBADF;
  if (const long refusal = read_refused(*descriptor->file); refusal != 0) return refusal;
  const iovec piece = piece_of(buffer, length);
  return descriptor->file->read(ScatterList({&piece, 1}));
}

long Kernel::write(int fd, const void* buffer, std::size_t length) {
  const Descriptor* descriptor = machine_->descriptors.find(fd);
  if (descriptor == nullptr) return -EBADF;
  if (const long refusal = write_refused(*descriptor->file); refusal != 0) return refusal;
  const iovec piece = piece_of(buffer, length);
  return descriptor->file->write(ScatterList({&piece, 1}));
}

// A vector of no bytes is over before the file is asked, for reading and for writing.
long Kernel::readv(int fd, const iovec* pieces, int count) {
  const Descriptor* descriptor = machine_->descriptors.find(fd);
  if (descriptor == nullptr) return -EBADF;
  const auto length = static_cast<std::size_t>(count);
  if (count < 0 || length > kPiecesMax) return -EINVAL;
  if (const long refusal = read_refused(*descriptor->file); refusal != 0) return refusal;
  const ScatterList to({pieces, length});
  return to.size() == 0 ? 0 : descriptor->file->read(to);
}

long Kernel::writev(int fd, const iovec* pieces, int count) {
  const Descriptor* descriptor = machine_->descriptors.find(fd);
  if (descriptor == nullptr) return -EBADF;
  const auto length = static_cast<std::size_t>(count);
  if (count < 0 || length > kPiecesMax) return -EINVAL;
  if (const long refusal = write_refused(*descriptor->file); refusal != 0) return refusal;
  const ScatterList from({pieces, length});
  return from.size() == 0 ? 0 : descriptor->file->write(from);
}

long Kernel::sendfile(int fd, std::span<const std::byte> bytes) {
  const Descriptor* descriptor = machine_->descriptors.find(fd);
  if (descriptor == nullptr) return -EBADF;
  if (const long refusal = write_refused(*descriptor->file); refusal != 0) return refusal;
  const iovec piece = piece_of(bytes.data(), bytes.size());
  if (piece.iov_len == 0) return 0;
  return descriptor->file->write(ScatterList({&piece, 1}));
}

}  // namespace e3::sim
