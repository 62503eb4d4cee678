// SPDX-License-Identifier: MIT
// Interposed: what a server does to sockets as a whole.
#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/turn.h"

using e3::interpose::note_made;
using e3::interpose::returned;
using e3::interpose::Turn;
namespace real = e3::real;

extern "C" {

int socket(int domain, int type, int protocol) noexcept {
  if (Turn kernel; kernel && (type & 0xf) == SOCK_STREAM) {
    return returned(kernel->socket(domain, type, protocol));
  }
  note_made("socket");
  return real::socket(domain, type, protocol);
}

int bind(int fd, const sockaddr* address, socklen_t size) noexcept {
  if (Turn kernel; kernel.owns(fd)) return returned(kernel->bind(fd, address, size));
  return real::bind(fd, address, size);
}

int listen(int fd, int backlog) noexcept {
  if (Turn kernel; kernel.owns(fd)) return returned(kernel->listen(fd, backlog));
  return real::listen(fd, backlog);
}

int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  if (Turn kernel; kernel.owns(fd)) return returned(kernel->accept4(fd, address, size, flags));
  return real::accept4(fd, address, size, flags);
}

int accept(int fd, sockaddr* address, socklen_t* size) {
  if (Turn kernel; kernel.owns(fd)) return returned(kernel->accept4(fd, address, size, 0));
  return real::accept(fd, address, size);
}

int getsockname(int fd, sockaddr* address, socklen_t* size) noexcept {
  if (Turn kernel; kernel.owns(fd)) return returned(kernel->getsockname(fd, address, size));
  return real::getsockname(fd, address, size);
}

int getpeername(int fd, sockaddr* address, socklen_t* size) noexcept {
  if (Turn kernel; kernel.owns(fd)) return returned(kernel->getpeername(fd, address, size));
  return real::getpeername(fd, address, size);
}

int getsockopt(int fd, int level, int option, void* value, socklen_t* size) noexcept {
  if (Turn kernel; kernel.owns(fd)) {
    return returned(kernel->getsockopt(fd, level, option, value, size));
  }
  return real::getsockopt(fd, level, option, value, size);
}

int setsockopt(int fd, int level, int option, const void* value, socklen_t size) noexcept {
  if (Turn kernel; kernel.owns(fd)) {
    return returned(kernel->setsockopt(fd, level, option, value, size));
  }
  return real::setsockopt(fd, level, option, value, size);
}

int shutdown(int fd, int how) noexcept {
  if (Turn kernel; kernel.owns(fd)) return returned(kernel->shutdown(fd, how));
  return real::shutdown(fd, how);
}

int socketpair(int domain, int type, int protocol, int* ends) noexcept {
  if (Turn kernel; kernel && (type & 0xf) == SOCK_STREAM) {
    return returned(kernel->socketpair(domain, type, protocol, ends));
  }
  return real::socketpair(domain, type, protocol, ends);
}

int connect(int fd, const sockaddr* address, socklen_t size) {
  if (Turn kernel; kernel.owns(fd)) return returned(kernel->connect(fd, address, size));
  return real::connect(fd, address, size);
}

}  // extern "C"

namespace e3::interpose {
void link_sockets() {}
}  // namespace e3::interpose
