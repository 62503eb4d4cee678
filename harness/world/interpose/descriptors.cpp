// SPDX-License-Identifier: MIT
// Interposed: calls that make, copy, change and close descriptors.
#include <sys/ioctl.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdint>

#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/turn.h"

using e3::ByteCall;
using e3::interpose::note_made;
using e3::interpose::returned;
using e3::interpose::Turn;
namespace real = e3::real;

namespace {

// No process of ours has more.
constexpr unsigned kLast = 65535;

// In a process that is not the target's alone, the harness's own would be closed as well.
long close_all(e3::SystemCalls& kernel, unsigned first, unsigned last, int flags) {
  if (flags != 0 || !kernel.has_process()) kernel.unmodelled("close_range");
  if (last < first) return -EINVAL;
  for (unsigned number = first; number <= std::min(last, kLast); ++number) {
    const int fd = static_cast<int>(number);
    const bool is_real_file = !kernel.answers(fd) && real::fcntl(fd, F_GETFD, 0) >= 0;
    if (is_real_file || kernel.owns(fd)) kernel.close(fd);
  }
  return 0;
}

// Of netdevice(7), without changing anything: the same for every socket.
bool asks_for_interface(unsigned long request) {
  switch (request) {
    case SIOCGIFNAME:
    case SIOCGIFCONF:
    case SIOCGIFFLAGS:
    case SIOCGIFADDR:
    case SIOCGIFDSTADDR:
    case SIOCGIFBRDADDR:
    case SIOCGIFNETMASK:
    case SIOCGIFMETRIC:
    case SIOCGIFMTU:
    case SIOCGIFHWADDR:
    case SIOCGIFINDEX:
      return true;
    default:
      return false;
  }
}

int ask_real_socket(unsigned long request, void* argument) {
  const int asked = real::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (asked < 0) return -1;
  const int result = real::ioctl(asked, request, argument);
  const int error = errno;
  real::close(asked);
  errno = error;
  return result;
}

}  // namespace

extern "C" {

// The third argument is an int, a pointer or absent; a long carries each of them.
int fcntl(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  const long argument = va_arg(rest, long);
  va_end(rest);
  if (Turn kernel; kernel.owns(fd)) return returned(kernel->fcntl(fd, command, argument));
  return real::fcntl(fd, command, argument);
}

int fcntl64(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  const long argument = va_arg(rest, long);
  va_end(rest);
  if (Turn kernel; kernel.owns(fd)) return returned(kernel->fcntl(fd, command, argument));
  return real::fcntl64(fd, command, argument);
}

int ioctl(int fd, unsigned long request, ...) noexcept {
  va_list rest;
  va_start(rest, request);
  void* argument = va_arg(rest, void*);
  va_end(rest);
  if (Turn kernel; kernel.owns(fd)) {
    if (asks_for_interface(request)) return ask_real_socket(request, argument);
    return returned(kernel->ioctl(fd, request, argument));
  }
  return real::ioctl(fd, request, argument);
}

int close(int fd) {
  if (Turn kernel; kernel) return returned(kernel->close(fd));  // also those not owned: EBADF
  return real::close(fd);
}

int close_range(unsigned first, unsigned last, int flags) noexcept {
  if (Turn kernel; kernel) return returned(close_all(*kernel.operator->(), first, last, flags));
  return real::close_range(first, last, flags);
}

void closefrom(int first) noexcept {
  if (Turn kernel; kernel) {
    close_all(*kernel.operator->(), static_cast<unsigned>(std::max(first, 0)), kLast, 0);
  } else {
    real::closefrom(first);
  }
}

int dup(int fd) noexcept {
  if (Turn kernel; kernel.owns(fd)) return returned(kernel->dup(fd));
  return real::dup(fd);
}

int dup2(int fd, int wanted) noexcept {
  if (Turn kernel; kernel.owns(fd) || kernel.owns(wanted)) {
    return returned(kernel->dup2(fd, wanted));
  }
  return real::dup2(fd, wanted);
}

int dup3(int fd, int wanted, int flags) noexcept {
  if (Turn kernel; kernel.owns(fd) || kernel.owns(wanted)) {
    return returned(kernel->dup3(fd, wanted, flags));
  }
  return real::dup3(fd, wanted, flags);
}

int pipe2(int* ends, int flags) noexcept {
  if (Turn kernel; kernel) return returned(kernel->pipe2(ends, flags));
  note_made("pipe2");
  return real::pipe2(ends, flags);
}

int pipe(int* ends) noexcept {
  if (Turn kernel; kernel) return returned(kernel->pipe2(ends, 0));
  note_made("pipe");
  return real::pipe(ends);
}

int eventfd(unsigned int initial, int flags) noexcept {
  if (Turn kernel; kernel) return returned(kernel->eventfd(initial, flags));
  note_made("eventfd");
  return real::eventfd(initial, flags);
}

int eventfd_read(int fd, std::uint64_t* value) {
  const iovec part{.iov_base = value, .iov_len = sizeof *value};
  if (Turn kernel; kernel.owns(fd)) {
    return returned(std::min(kernel->receive(ByteCall::kRead, fd, &part, 1, 0), 0L));
  }
  return real::eventfd_read(fd, value);
}

int eventfd_write(int fd, std::uint64_t value) {
  const iovec part{.iov_base = &value, .iov_len = sizeof value};
  if (Turn kernel; kernel.owns(fd)) {
    return returned(std::min(kernel->transmit(ByteCall::kWrite, fd, &part, 1, 0), 0L));
  }
  return real::eventfd_write(fd, value);
}

int timerfd_create(int clock, int flags) noexcept {
  if (Turn kernel; kernel) return returned(kernel->timerfd_create(clock, flags));
  note_made("timerfd_create");
  return real::timerfd_create(clock, flags);
}

int timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* old) noexcept {
  if (Turn kernel; kernel.owns(fd)) {
    return returned(kernel->timerfd_settime(fd, flags, value, old));
  }
  return real::timerfd_settime(fd, flags, value, old);
}

int timerfd_gettime(int fd, itimerspec* value) noexcept {
  if (Turn kernel; kernel.owns(fd)) return returned(kernel->timerfd_gettime(fd, value));
  return real::timerfd_gettime(fd, value);
}

int signalfd(int fd, const sigset_t* mask, int flags) noexcept {
  if (Turn kernel; kernel) return returned(kernel->signalfd(fd, mask, flags));
  return real::signalfd(fd, mask, flags);
}

}  // extern "C"

namespace e3::interpose {
void link_descriptors() {}
}  // namespace e3::interpose
