// SPDX-License-Identifier: MIT
// Interposed: the calls in which a server waits. Here the scenario takes its next step.
#include <sys/epoll.h>

#include <algorithm>
#include <vector>

#include "harness/world/interpose/real_calls.h"
#include "harness/world/interpose/time_value.h"
#include "harness/world/interpose/turn.h"

using e3::interpose::note_made;
using e3::interpose::returned;
using e3::interpose::timeval_of;
using e3::interpose::Turn;
namespace real = e3::real;
using namespace std::chrono_literals;

namespace {

std::optional<std::chrono::nanoseconds> from_milliseconds(int timeout) {
  if (timeout < 0) return std::nullopt;
  return std::chrono::milliseconds(timeout);
}

// A time-out as a timespec or a timeval; null: for ever.
template <typename Time>
bool is_valid(const Time* timeout) {
  return timeout == nullptr || e3::interpose::is_valid(*timeout);
}
template <typename Time>
std::optional<std::chrono::nanoseconds> duration_of(const Time* timeout) {
  if (timeout == nullptr) return std::nullopt;
  return e3::interpose::duration_of(*timeout);
}

bool contains(const fd_set* set, int fd) { return set != nullptr && FD_ISSET(fd, set); }

// Leaves `fd` in `set` if it was there and is ready; returns how many that are.
int keep_if(bool ready, fd_set* set, int fd) {
  if (!contains(set, fd)) return 0;
  if (!ready) FD_CLR(fd, set);
  return ready ? 1 : 0;
}

// Those in any of the sets, asked for what select(2) counts as ready.
std::vector<pollfd> entries_of(int count, const fd_set* readable, const fd_set* writable,
                               const fd_set* urgent) {
  std::vector<pollfd> entries;
  for (int fd = 0; fd < count; ++fd) {
    int events = contains(readable, fd) ? POLLIN : 0;
    if (contains(writable, fd)) events |= POLLOUT;
    if (contains(urgent, fd)) events |= POLLPRI;
    if (events != 0) {
      entries.push_back({.fd = fd, .events = static_cast<short>(events), .revents = 0});
    }
  }
  return entries;
}

// What makes a descriptor ready in select(2)'s first and second set.
constexpr int kReadable = POLLIN | POLLHUP | POLLERR;
constexpr int kWritable = POLLOUT | POLLERR;

// Of what poll(2) reported: those that select(2) counts, too.
long keep_ready(const std::vector<pollfd>& entries, fd_set* readable, fd_set* writable,
                fd_set* urgent) {
  long bits = 0;
  for (const pollfd& entry : entries) {
    if ((entry.revents & POLLNVAL) != 0) return -EBADF;
    bits += keep_if((entry.revents & kReadable) != 0, readable, entry.fd);
    bits += keep_if((entry.revents & kWritable) != 0, writable, entry.fd);
    bits += keep_if((entry.revents & POLLPRI) != 0, urgent, entry.fd);
  }
  return bits;
}

bool would_count(const pollfd& entry) {
  const int counted = ((entry.events & POLLIN) != 0 ? kReadable : 0) |
                      ((entry.events & POLLOUT) != 0 ? kWritable : 0) | POLLPRI | POLLNVAL;
  return (entry.revents & counted) != 0;
}

// poll(2) also reports what was not asked for, a hang-up to a writer say, for which select(2)
// sleeps on. `left`: of the time, afterwards.
long select_by_poll(e3::SystemCalls& kernel, int count, fd_set* readable, fd_set* writable,
                    fd_set* urgent, std::optional<std::chrono::nanoseconds>& left) {
  if (count < 0) return -EINVAL;
  std::vector<pollfd> entries = entries_of(count, readable, writable, urgent);
  const e3::VirtualTime began = kernel.monotonic_now();
  const std::optional<std::chrono::nanoseconds> timeout = left;
  while (true) {
    const long ready = kernel.poll(entries.data(), entries.size(), left);
    if (timeout) left = std::max(*timeout - (kernel.monotonic_now() - began), 0ns);
    if (ready < 0) return ready;
    if (ready == 0 || std::any_of(entries.begin(), entries.end(), would_count)) break;
    for (pollfd& entry : entries) {
      if (entry.revents != 0) entry.fd = -1 - entry.fd;  // negative: poll(2) looks away
    }
  }
  for (pollfd& entry : entries) {
    if (entry.fd < 0) entry = {.fd = -1 - entry.fd, .events = 0, .revents = 0};
  }
  return keep_ready(entries, readable, writable, urgent);
}

}  // namespace

extern "C" {

int epoll_create1(int flags) noexcept {
  if (Turn kernel; kernel) return returned(kernel->epoll_create1(flags));
  note_made("epoll_create1");
  return real::epoll_create1(flags);
}

int epoll_create(int size) noexcept {
  if (Turn kernel; kernel && size > 0) return returned(kernel->epoll_create1(0));
  note_made("epoll_create");
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
    if (!is_valid(timeout)) return returned(-EINVAL);
    return returned(kernel->epoll_wait(epoll, events, capacity, duration_of(timeout)));
  }
  return real::epoll_pwait2(epoll, events, capacity, timeout, mask);
}

int poll(pollfd* entries, nfds_t count, int timeout) {
  if (Turn kernel; kernel) {
    return returned(kernel->poll(entries, count, from_milliseconds(timeout)));
  }
  return real::poll(entries, count, timeout);
}

// No signal arrives in a stepped run, so the mask changes nothing here either.
int ppoll(pollfd* entries, nfds_t count, const timespec* timeout, const sigset_t* mask) {
  if (Turn kernel; kernel) {
    if (!is_valid(timeout)) return returned(-EINVAL);
    return returned(kernel->poll(entries, count, duration_of(timeout)));
  }
  return real::ppoll(entries, count, timeout, mask);
}

int select(int count, fd_set* readable, fd_set* writable, fd_set* urgent, timeval* timeout) {
  if (Turn kernel; kernel) {
    if (!is_valid(timeout)) return returned(-EINVAL);
    std::optional<std::chrono::nanoseconds> bound = duration_of(timeout);
    const int ready =
        returned(select_by_poll(*kernel.operator->(), count, readable, writable, urgent, bound));
    // Linux writes back what is left of the time, select(2).
    if (bound) *timeout = timeval_of(*bound);
    return ready;
  }
  return real::select(count, readable, writable, urgent, timeout);
}

int pselect(int count, fd_set* readable, fd_set* writable, fd_set* urgent, const timespec* timeout,
            const sigset_t* mask) {
  if (Turn kernel; kernel) {
    if (!is_valid(timeout)) return returned(-EINVAL);
    std::optional<std::chrono::nanoseconds> bound = duration_of(timeout);
    return returned(select_by_poll(*kernel.operator->(), count, readable, writable, urgent, bound));
  }
  return real::pselect(count, readable, writable, urgent, timeout, mask);
}

}  // extern "C"

namespace e3::interpose {
void link_readiness() {}
}  // namespace e3::interpose
