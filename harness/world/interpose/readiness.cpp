// SPDX-License-Identifier: MIT
// Interposed: the calls in which a server waits. Here the scenario takes its next step.
#include <sys/epoll.h>

#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/turn.h"

using e3::interpose::returned;
using e3::interpose::Turn;
namespace real = e3::real;

namespace {

std::optional<std::chrono::nanoseconds> from_milliseconds(int timeout) {
  if (timeout < 0) return std::nullopt;
  return std::chrono::milliseconds(timeout);
}

std::optional<std::chrono::nanoseconds> from_timespec(const timespec* timeout) {
  if (timeout == nullptr) return std::nullopt;
  return std::chrono::seconds(timeout->tv_sec) + std::chrono::nanoseconds(timeout->tv_nsec);
}

}  // namespace

extern "C" {

int epoll_create1(int flags) noexcept {
  if (Turn kernel; kernel) return returned(kernel->epoll_create1(flags));
  return real::epoll_create1(flags);
}

int epoll_create(int size) noexcept {
  if (Turn kernel; kernel && size > 0) return returned(kernel->epoll_create1(0));
  return real::epoll_create(size);
}

int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
  if (Turn kernel; kernel.owns(epoll)) {
    return returned(kernel->epoll_ctl(epoll, operation, fd, event));
  }
  return real::epoll_ctl(epoll, operation, fd, event);
}

int epoll_wait(int epoll, epoll_event* events, int capacity, int timeout) {
  if (Turn kernel; kernel.owns(epoll)) {
    return returned(kernel->epoll_wait(epoll, events, capacity, from_milliseconds(timeout)));
  }
  return real::epoll_wait(epoll, events, capacity, timeout);
}

// No signal arrives in a stepped run, so the mask changes nothing.
int epoll_pwait(int epoll, epoll_event* events, int capacity, int timeout, const sigset_t* mask) {
  if (Turn kernel; kernel.owns(epoll)) {
    return returned(kernel->epoll_wait(epoll, events, capacity, from_milliseconds(timeout)));
  }
  return real::epoll_pwait(epoll, events, capacity, timeout, mask);
}

int epoll_pwait2(int epoll, epoll_event* events, int capacity, const timespec* timeout,
                 const sigset_t* mask) {
  if (Turn kernel; kernel.owns(epoll)) {
    return returned(kernel->epoll_wait(epoll, events, capacity, from_timespec(timeout)));
  }
  return real::epoll_pwait2(epoll, events, capacity, timeout, mask);
}

int poll(pollfd* entries, nfds_t count, int timeout) {
  if (Turn kernel; kernel) {
    return returned(kernel->poll(entries, count, from_milliseconds(timeout)));
  }
  return real::poll(entries, count, timeout);
}

int select(int count, fd_set* readable, fd_set* writable, fd_set* urgent, timeval* timeout) {
  if (Turn kernel; kernel) kernel->unmodelled("select");
  return real::select(count, readable, writable, urgent, timeout);
}

}  // extern "C"

namespace e3::interpose {
void link_readiness() {}
}  // namespace e3::interpose
