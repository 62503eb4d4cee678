// SPDX-License-Identifier: MIT
// Calls that wait for events. They look once; what they would wait for is the block's deadline.
#include <fcntl.h>

#include <cerrno>
#include <climits>

#include "kernel.h"
#include "machine.h"

namespace e3::sim {

namespace {

constexpr std::size_t kEventsMax = INT_MAX / sizeof(epoll_event);

Nanoseconds from_milliseconds(int timeout) { return timeout < 0 ? -1 : timeout * kMillisecond; }

}  // namespace

long Kernel::epoll_create1(int flags) {
  if ((flags & ~EPOLL_CLOEXEC) != 0) return -EINVAL;
  if (const long full = check_room(1); full != 0) return full;
  EpollInstance& epoll = machine_->epoll_instances.take(machine_.get());
  epoll.create();
  return install(epoll, (flags & EPOLL_CLOEXEC) != 0);
}

long Kernel::epoll_ctl(int epfd, int operation, int fd, epoll_event* event) {
  if (operation != EPOLL_CTL_DEL && event == nullptr) return -EFAULT;
  const Descriptor* epoll = machine_->descriptors.find(epfd);
  const Descriptor* target = machine_->descriptors.find(fd);
  if (epoll == nullptr || target == nullptr) return -EBADF;
  if (epoll->file->kind() != FileKind::kEpoll) return -EINVAL;
  return static_cast<EpollInstance*>(epoll->file)->control(operation, *target->file, fd, event);
}

long Kernel::epoll_wait(int epfd, epoll_event* events, int events_max, int timeout_ms) {
  const Descriptor* descriptor = machine_->descriptors.find(epfd);
  if (descriptor == nullptr) return -EBADF;
  const auto room = static_cast<std::size_t>(events_max);
  if (events_max <= 0 || room > kEventsMax) return -EINVAL;
  if (descriptor->file->kind() != FileKind::kEpoll) return -EINVAL;
  auto& epoll = static_cast<EpollInstance&>(*descriptor->file);
  // Null is found out only by writing there; what could not be told stays ready.
  if (events == nullptr && epoll.poll() != 0) return -EFAULT;
  const int count = events == nullptr ? 0 : epoll.collect({events, room});
  return count != 0 ? count : wait_until(from_milliseconds(timeout_ms));
}

long Kernel::epoll_pwait2(int epfd, epoll_event* events, int events_max, const timespec* timeout) {
  Nanoseconds duration = -1;
  if (timeout != nullptr) {
    if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 || timeout->tv_nsec >= kSecond) return -EINVAL;
    duration = timeout->tv_sec > kNever / kSecond - 1
                   ? kNever
                   : timeout->tv_sec * kSecond + timeout->tv_nsec;
  }
  const long count = epoll_wait(epfd, events, events_max, 0);
  return count != 0 ? count : wait_until(duration);
}

long Kernel::poll(pollfd* entries, nfds_t count, int timeout_ms) {
  // Of RLIMIT_NOFILE, not of the numbers at hand: entries may well be negative.
  if (count > static_cast<nfds_t>(machine_->config.descriptor_limit)) return -EINVAL;
  long ready = 0;
  for (pollfd& entry : std::span(entries, count)) {
    entry.revents = 0;
    if (entry.fd < 0) continue;
    const Descriptor* descriptor = machine_->descriptors.find(entry.fd);
    if (descriptor == nullptr) {
      entry.revents = POLLNVAL;
    } else {
      const auto interest = static_cast<std::uint32_t>(entry.events) | POLLERR | POLLHUP;
      entry.revents = static_cast<short>(descriptor->file->poll() & interest);
    }
    if (entry.revents != 0) ++ready;
  }
  return ready != 0 ? ready : wait_until(from_milliseconds(timeout_ms));
}

long Kernel::wait_until(Nanoseconds timeout) {
  if (timeout == 0) return 0;
  machine_->block = {timeout < 0 ? kNever : machine_->clock.after(timeout), 0, 0};
  return kWouldBlock;
}

}  // namespace e3::sim
