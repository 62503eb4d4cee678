// SPDX-License-Identifier: MIT
// Interposed: syscall(2), by which programs make calls for which their libc had no function. Those
// that are modelled go the way of that function; the others are refused by name.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <iterator>
#include <optional>

#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/turn.h"

using e3::interpose::Turn;
namespace real = e3::real;

namespace {

// System calls that are not made through syscall(2) in a simulation: most may have to end the
// target by throwing, which syscall() is declared never to do. Those that concern descriptors only
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
    {SYS_fcntl, "syscall(SYS_fcntl)", true},
    {SYS_ioctl, "syscall(SYS_ioctl)", true},
    {SYS_sendto, "syscall(SYS_sendto)", true},
    {SYS_recvfrom, "syscall(SYS_recvfrom)", true},
    {SYS_sendmsg, "syscall(SYS_sendmsg)", true},
    {SYS_recvmsg, "syscall(SYS_recvmsg)", true},
    {SYS_sendfile, "syscall(SYS_sendfile)", true},
    {SYS_accept4, "syscall(SYS_accept4)", true},
    {SYS_connect, "syscall(SYS_connect)", true},
    {SYS_splice, "syscall(SYS_splice)", true},
    {SYS_tee, "syscall(SYS_tee)", true},
    {SYS_fstat, "syscall(SYS_fstat)", true},
    {SYS_epoll_pwait, "syscall(SYS_epoll_pwait)", true},
    {SYS_epoll_pwait2, "syscall(SYS_epoll_pwait2)", true},
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

// The six words of a call, as what it takes them for.
class Words {
 public:
  // Most calls have fewer: the rest is whatever lies on the caller's stack.
  [[gnu::no_sanitize_address]] explicit Words(va_list words) {
    for (long& word : words_) word = va_arg(words, long);
  }

  const long* all() const { return words_; }
  int number(int index) const { return static_cast<int>(words_[index]); }
  template <typename Value>
  Value* pointer(int index) const {
    // A word of a raw system call is what it is.
    return reinterpret_cast<Value*>(words_[index]);  // NOLINT(performance-no-int-to-ptr)
  }

 private:
  long words_[6];
};

std::optional<long> about_clocks(long number, const Words& words) {
  switch (number) {
    case SYS_clock_gettime:
      return clock_gettime(words.number(0), words.pointer<timespec>(1));
    case SYS_gettimeofday:
      return gettimeofday(words.pointer<timeval>(0), words.pointer<void>(1));
    default:
      return std::nullopt;
  }
}

std::optional<long> about_sockets(long number, const Words& words) {
  switch (number) {
    case SYS_socket:
      return socket(words.number(0), words.number(1), words.number(2));
    case SYS_socketpair:
      return socketpair(words.number(0), words.number(1), words.number(2), words.pointer<int>(3));
    case SYS_bind:
      return bind(words.number(0), words.pointer<sockaddr>(1),
                  static_cast<socklen_t>(words.number(2)));
    case SYS_listen:
      return listen(words.number(0), words.number(1));
    case SYS_shutdown:
      return shutdown(words.number(0), words.number(1));
    case SYS_getsockname:
      return getsockname(words.number(0), words.pointer<sockaddr>(1), words.pointer<socklen_t>(2));
    case SYS_getpeername:
      return getpeername(words.number(0), words.pointer<sockaddr>(1), words.pointer<socklen_t>(2));
    case SYS_getsockopt:
      return getsockopt(words.number(0), words.number(1), words.number(2), words.pointer<void>(3),
                        words.pointer<socklen_t>(4));
    case SYS_setsockopt:
      return setsockopt(words.number(0), words.number(1), words.number(2), words.pointer<void>(3),
                        static_cast<socklen_t>(words.number(4)));
    default:
      return std::nullopt;
  }
}

std::optional<long> about_descriptors(long number, const Words& words) {
  switch (number) {
    case SYS_close:
      return close(words.number(0));
    case SYS_dup:
      return dup(words.number(0));
    case SYS_dup3:
      return dup3(words.number(0), words.number(1), words.number(2));
    case SYS_pipe2:
      return pipe2(words.pointer<int>(0), words.number(1));
    case SYS_epoll_create1:
      return epoll_create1(words.number(0));
    case SYS_epoll_ctl:
      return epoll_ctl(words.number(0), words.number(1), words.number(2),
                       words.pointer<epoll_event>(3));
    case SYS_eventfd2:
      return eventfd(static_cast<unsigned>(words.number(0)), words.number(1));
    case SYS_signalfd4:  // the size of the mask stands between
      return signalfd(words.number(0), words.pointer<sigset_t>(1), words.number(3));
    case SYS_timerfd_create:
      return timerfd_create(words.number(0), words.number(1));
    case SYS_timerfd_settime:
      return timerfd_settime(words.number(0), words.number(1), words.pointer<itimerspec>(2),
                             words.pointer<itimerspec>(3));
    case SYS_timerfd_gettime:
      return timerfd_gettime(words.number(0), words.pointer<itimerspec>(1));
    default:
      return std::nullopt;
  }
}

}  // namespace

extern "C" {

long syscall(long number, ...) noexcept {
  va_list rest;
  va_start(rest, number);
  const Words words(rest);
  va_end(rest);
  if (const auto time = about_clocks(number, words)) return *time;
  if (e3::interpose::answering != nullptr) {
    if (const auto made = about_sockets(number, words)) return *made;
    if (const auto made = about_descriptors(number, words)) return *made;
  }
  if (Turn kernel; kernel) {
    const auto* found = std::find_if(std::begin(kForbidden), std::end(kForbidden),
                                     [&](const Forbidden& row) { return row.number == number; });
    if (found != std::end(kForbidden) && (!found->on_descriptor || kernel.owns(words.number(0)))) {
      kernel->unmodelled(found->name);
    }
  }
  const long* raw = words.all();
  return real::syscall(number, raw[0], raw[1], raw[2], raw[3], raw[4], raw[5]);
}

}  // extern "C"

namespace e3::interpose {
void link_raw_system_calls() {}
}  // namespace e3::interpose
