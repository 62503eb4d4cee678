// SPDX-License-Identifier: MIT
// Interposed: what no engine models. On a simulated descriptor, or from a simulated target, each
// stops the target and names itself; nothing slips through to a kernel that knows nothing of the
// simulation.
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <iterator>

#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/turn.h"

using e3::interpose::Turn;
namespace real = e3::real;

namespace {

// System calls that must not be made past libc's functions: those that concern descriptors only
// when theirs is simulated.
struct Forbidden {
  long number;
  const char* name;
  bool on_descriptor;
};
constexpr Forbidden kForbidden[] = {
    {SYS_read, "syscall(SYS_read)", true},
    {SYS_write, "syscall(SYS_write)", true},
    {SYS_readv, "syscall(SYS_readv)", true},
    {SYS_writev, "syscall(SYS_writev)", true},
    {SYS_close, "syscall(SYS_close)", true},
    {SYS_dup, "syscall(SYS_dup)", true},
    {SYS_dup3, "syscall(SYS_dup3)", true},
    {SYS_fcntl, "syscall(SYS_fcntl)", true},
    {SYS_ioctl, "syscall(SYS_ioctl)", true},
    {SYS_sendto, "syscall(SYS_sendto)", true},
    {SYS_recvfrom, "syscall(SYS_recvfrom)", true},
    {SYS_sendmsg, "syscall(SYS_sendmsg)", true},
    {SYS_recvmsg, "syscall(SYS_recvmsg)", true},
    {SYS_sendfile, "syscall(SYS_sendfile)", true},
    {SYS_accept4, "syscall(SYS_accept4)", true},
    {SYS_shutdown, "syscall(SYS_shutdown)", true},
    {SYS_bind, "syscall(SYS_bind)", true},
    {SYS_listen, "syscall(SYS_listen)", true},
    {SYS_connect, "syscall(SYS_connect)", true},
    {SYS_getsockopt, "syscall(SYS_getsockopt)", true},
    {SYS_setsockopt, "syscall(SYS_setsockopt)", true},
    {SYS_getsockname, "syscall(SYS_getsockname)", true},
    {SYS_getpeername, "syscall(SYS_getpeername)", true},
    {SYS_timerfd_settime, "syscall(SYS_timerfd_settime)", true},
    {SYS_timerfd_gettime, "syscall(SYS_timerfd_gettime)", true},
    {SYS_splice, "syscall(SYS_splice)", true},
    {SYS_tee, "syscall(SYS_tee)", true},
    {SYS_fstat, "syscall(SYS_fstat)", true},
    {SYS_epoll_ctl, "syscall(SYS_epoll_ctl)", true},
    {SYS_epoll_pwait, "syscall(SYS_epoll_pwait)", true},
    {SYS_epoll_pwait2, "syscall(SYS_epoll_pwait2)", true},
    {SYS_socket, "syscall(SYS_socket)", false},
    {SYS_epoll_create1, "syscall(SYS_epoll_create1)", false},
    {SYS_eventfd2, "syscall(SYS_eventfd2)", false},
    {SYS_timerfd_create, "syscall(SYS_timerfd_create)", false},
    {SYS_signalfd4, "syscall(SYS_signalfd4)", false},
    {SYS_socketpair, "syscall(SYS_socketpair)", false},
    {SYS_pipe2, "syscall(SYS_pipe2)", false},
    {SYS_ppoll, "syscall(SYS_ppoll)", false},
    {SYS_pselect6, "syscall(SYS_pselect6)", false},
    {SYS_close_range, "syscall(SYS_close_range)", false},
    {SYS_nanosleep, "syscall(SYS_nanosleep)", false},
    {SYS_clock_nanosleep, "syscall(SYS_clock_nanosleep)", false},
    {SYS_execve, "syscall(SYS_execve)", false},
    {SYS_clone, "syscall(SYS_clone)", false},
    {SYS_clone3, "syscall(SYS_clone3)", false},
    {SYS_io_uring_setup, "io_uring_setup", false},
#ifdef SYS_fork  // and what only the older architectures have
    {SYS_accept, "syscall(SYS_accept)", true},
    {SYS_dup2, "syscall(SYS_dup2)", true},
    {SYS_epoll_wait, "syscall(SYS_epoll_wait)", true},
    {SYS_epoll_create, "syscall(SYS_epoll_create)", false},
    {SYS_eventfd, "syscall(SYS_eventfd)", false},
    {SYS_signalfd, "syscall(SYS_signalfd)", false},
    {SYS_pipe, "syscall(SYS_pipe)", false},
    {SYS_poll, "syscall(SYS_poll)", false},
    {SYS_select, "syscall(SYS_select)", false},
    {SYS_fork, "syscall(SYS_fork)", false},
    {SYS_vfork, "syscall(SYS_vfork)", false},
#endif
};

}  // namespace

extern "C" {

long syscall(long number, ...) noexcept {
  va_list rest;
  va_start(rest, number);
  long words[6];
  for (long& word : words) word = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_clock_gettime) {
    return clock_gettime(static_cast<clockid_t>(words[0]), reinterpret_cast<timespec*>(words[1]));
  }
  if (number == SYS_gettimeofday) {
    return gettimeofday(reinterpret_cast<timeval*>(words[0]), reinterpret_cast<void*>(words[1]));
  }
  if (Turn kernel; kernel) {
    const auto* found = std::find_if(std::begin(kForbidden), std::end(kForbidden),
                                     [&](const Forbidden& row) { return row.number == number; });
    if (found != std::end(kForbidden) &&
        (!found->on_descriptor || kernel.owns(static_cast<int>(words[0])))) {
      kernel->unmodelled(found->name);
    }
  }
  return real::syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}

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
