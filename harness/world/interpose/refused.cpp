// SPDX-License-Identifier: MIT
// Interposed: what no engine models. On a simulated descriptor, or from a simulated target, each
// stops the target and names itself; nothing slips through to a kernel that knows nothing of the
// simulation.
#include <fcntl.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdio>

#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/turn.h"

using e3::interpose::Turn;
namespace real = e3::real;

extern "C" {

// These would interrupt the target when real time has passed.
unsigned alarm(unsigned seconds) noexcept {
  if (Turn kernel; kernel && seconds != 0) kernel->unmodelled("alarm");
  return real::alarm(seconds);
}

int setitimer(int which, const itimerval* __restrict value, itimerval* __restrict old) noexcept {
  const bool arms =
      value != nullptr && (value->it_value.tv_sec != 0 || value->it_value.tv_usec != 0);
  if (Turn kernel; kernel && arms) kernel->unmodelled("setitimer");
  return real::setitimer(which, value, old);
}

int timer_create(clockid_t clock, sigevent* __restrict event, timer_t* __restrict timer) noexcept {
  if (Turn kernel; kernel) kernel->unmodelled("timer_create");
  return real::timer_create(clock, event, timer);
}

ssize_t splice(int in, off64_t* in_offset, int out, off64_t* out_offset, size_t size,
               unsigned flags) {
  if (Turn kernel; kernel.owns(in) || kernel.owns(out)) kernel->unmodelled("splice");
  return real::splice(in, in_offset, out, out_offset, size, flags);
}

ssize_t tee(int in, int out, size_t size, unsigned flags) {
  if (Turn kernel; kernel.owns(in) || kernel.owns(out)) kernel->unmodelled("tee");
  return real::tee(in, out, size, flags);
}

ssize_t vmsplice(int fd, const iovec* parts, size_t count, unsigned flags) {
  if (Turn kernel; kernel.owns(fd)) kernel->unmodelled("vmsplice");
  return real::vmsplice(fd, parts, count, flags);
}

int recvmmsg(int fd, mmsghdr* messages, unsigned count, int flags, timespec* timeout) {
  if (Turn kernel; kernel.owns(fd)) kernel->unmodelled("recvmmsg");
  return real::recvmmsg(fd, messages, count, flags, timeout);
}

int sendmmsg(int fd, mmsghdr* messages, unsigned count, int flags) {
  if (Turn kernel; kernel.owns(fd)) kernel->unmodelled("sendmmsg");
  return real::sendmmsg(fd, messages, count, flags);
}

// A stream would read and write past the interposed functions.
FILE* fdopen(int fd, const char* mode) noexcept {
  if (Turn kernel; kernel.owns(fd)) kernel->unmodelled("fdopen");
  return real::fdopen(fd, mode);
}

int sockatmark(int fd) noexcept {
  if (Turn kernel; kernel.owns(fd)) kernel->unmodelled("sockatmark");
  return real::sockatmark(fd);
}

ssize_t preadv2(int fd, const iovec* parts, int count, off_t offset, int flags) {
  if (Turn kernel; kernel.owns(fd)) kernel->unmodelled("preadv2");
  return real::preadv2(fd, parts, count, offset, flags);
}

ssize_t pwritev2(int fd, const iovec* parts, int count, off_t offset, int flags) {
  if (Turn kernel; kernel.owns(fd)) kernel->unmodelled("pwritev2");
  return real::pwritev2(fd, parts, count, offset, flags);
}

ssize_t preadv64v2(int fd, const iovec* parts, int count, off64_t offset, int flags) {
  return preadv2(fd, parts, count, offset, flags);
}

ssize_t pwritev64v2(int fd, const iovec* parts, int count, off64_t offset, int flags) {
  return pwritev2(fd, parts, count, offset, flags);
}

}  // extern "C"

namespace e3::interpose {
void link_refused() {}
}  // namespace e3::interpose
