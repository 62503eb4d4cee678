// SPDX-License-Identifier: MIT
// The twins that -D_FORTIFY_SOURCE makes of the reading calls: the same call plus the size of the
// buffer the compiler knows. An over-long request aborts, as glibc's do.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/turn.h"

namespace {

void require_room(size_t wanted, size_t room) {
  if (wanted > room) std::abort();
}

}  // namespace

extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier): these are the names that compilers emit.
ssize_t __read_chk(int fd, void* buffer, size_t size, size_t room) {
  require_room(size, room);
  return read(fd, buffer, size);
}

ssize_t __pread_chk(int fd, void* buffer, size_t size, off_t offset, size_t room) {
  require_room(size, room);
  return pread(fd, buffer, size, offset);
}

ssize_t __pread64_chk(int fd, void* buffer, size_t size, off64_t offset, size_t room) {
  return __pread_chk(fd, buffer, size, offset, room);
}

ssize_t __recv_chk(int fd, void* buffer, size_t size, size_t room, int flags) {
  require_room(size, room);
  return recv(fd, buffer, size, flags);
}

ssize_t __recvfrom_chk(int fd, void* buffer, size_t size, size_t room, int flags, sockaddr* from,
                       socklen_t* from_size) {
  require_room(size, room);
  return recvfrom(fd, buffer, size, flags, from, from_size);
}

int __vdprintf_chk(int fd, int /*flag*/, const char* format, va_list rest) {
  return vdprintf(fd, format, rest);
}

int __dprintf_chk(int fd, int /*flag*/, const char* format, ...) {
  va_list rest;
  va_start(rest, format);
  const int written = vdprintf(fd, format, rest);
  va_end(rest);
  return written;
}

int __poll_chk(pollfd* entries, nfds_t count, int timeout, size_t room) {
  require_room(count, room / sizeof(pollfd));
  return poll(entries, count, timeout);
}

int __ppoll_chk(pollfd* entries, nfds_t count, const timespec* timeout, const sigset_t* mask,
                size_t room) {
  require_room(count, room / sizeof(pollfd));
  return ppoll(entries, count, timeout, mask);
}
// NOLINTEND(bugprone-reserved-identifier)

}  // extern "C"

namespace e3::interpose {
void link_fortified() {}
}  // namespace e3::interpose
