// SPDX-License-Identifier: MIT
// The calls that wait, say for what, and ask what time it is.
#include <algorithm>
#include <cstring>

#include "harness/world/engines/call_trace.h"
#include "harness/world/engines/sanitizer_memory.h"

namespace e3 {
namespace {

// The user data is the target's own and may be a pointer: only the masks are repeatable.
void keep_events(TranscriptRecord& record, const epoll_event* events) {
  const auto count = static_cast<std::size_t>(record.result);
  const std::size_t shown = std::min(count, TranscriptRecord::kMasksMax);
  std::uint32_t masks[TranscriptRecord::kMasksMax] = {};
  for (std::size_t i = 0; i < shown; ++i) masks[i] = events[i].events;
  std::memcpy(record.payload, masks, sizeof masks);
  record.payload_size = static_cast<std::uint8_t>(shown * sizeof masks[0]);
  auto rest = static_cast<std::uint64_t>(record.argument);  // unsigned: it is meant to wrap
  for (std::size_t i = shown; i < count; ++i) rest = rest * 31 + events[i].events;
  record.argument = static_cast<decltype(record.argument)>(rest);  // not shown, but hashed
}

CallKind epoll_ctl_kind(int operation) {
  switch (operation) {
    case EPOLL_CTL_ADD:
      return CallKind::kEpollAdd;
    case EPOLL_CTL_MOD:
      return CallKind::kEpollModify;
    default:
      return CallKind::kEpollDelete;
  }
}

}  // namespace

long CallTrace::epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  const CallKind kind = epoll_ctl_kind(operation);
  const Done done = made(kind, fd, [&] { return kernel_->epoll_ctl(epoll, operation, fd, event); });
  TranscriptRecord& record = write_down(kind, name_of(epoll), done);
  record.other = name_of(fd);
  if (event != nullptr && operation != EPOLL_CTL_DEL) record.mask = event->events;
  return finish_noexcept(done, /*progress=*/false);
}

long CallTrace::epoll_wait(int epoll, epoll_event* events, int capacity,
                           std::optional<std::chrono::nanoseconds> timeout) {
  const DescriptorName name = name_of(epoll);
  injector_->wait_begins(CallKind::kEpollWait, name.role());
  has_loop_ = true;
  Done done = made(CallKind::kEpollWait, epoll,
                   [&] { return kernel_->epoll_wait(epoll, events, capacity, timeout); });
  done.struck = injector_->wait_ends(done.result);
  woken_ = done.result > 0;
  TranscriptRecord& record = write_down(CallKind::kEpollWait, name, done);
  if (done.result > 0) {
    mark_filled(events, static_cast<std::size_t>(done.result) * sizeof *events);
    keep_events(record, events);
  }
  return finish(done, /*progress=*/false);
}

long CallTrace::poll(pollfd* entries, nfds_t count,
                     std::optional<std::chrono::nanoseconds> timeout) {
  injector_->wait_begins(CallKind::kPoll, Role::kAny);
  has_loop_ = true;
  Done done = made(CallKind::kPoll, -1, [&] { return kernel_->poll(entries, count, timeout); });
  done.struck = injector_->wait_ends(done.result);
  woken_ = done.result > 0;
  write_down(CallKind::kPoll, {}, done);
  return finish(done, /*progress=*/false);
}

long CallTrace::timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* old) {
  const Done done = made(CallKind::kTimerfdSettime, fd,
                         [&] { return kernel_->timerfd_settime(fd, flags, value, old); });
  write_down(CallKind::kTimerfdSettime, name_of(fd), done);
  return finish_noexcept(done, /*progress=*/false);
}

long CallTrace::timerfd_gettime(int fd, itimerspec* value) {
  return kernel_->timerfd_gettime(fd, value);
}

VirtualTime CallTrace::monotonic_now() {
  look_at_clock();
  return kernel_->monotonic_now();
}

VirtualTime CallTrace::realtime_now() {
  look_at_clock();
  return kernel_->realtime_now();
}

}  // namespace e3
