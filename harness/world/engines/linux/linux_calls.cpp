// SPDX-License-Identifier: MIT
// What the target does with its descriptors: bytes, waiting, time.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "harness/world/engines/linux/linux_kernel.h"
#include "harness/world/gathered_message.h"

namespace e3 {
namespace {

// What the target's clocks say when the world begins: a machine that has been up for a day (servers
// may take a clock near zero for "never"), on 2024-01-01 00:00:00 UTC. Any constants would do; the
// real time would make two runs differ.
constexpr std::chrono::hours kUptime(24);
constexpr std::chrono::seconds kEpochAtStart(1704067200);

long raw(ssize_t result) { return result >= 0 ? result : -errno; }

bool is_ready(int fd, short events) {
  pollfd entry{.fd = fd, .events = events, .revents = 0};
  return ::poll(&entry, 1, 0) == 1;
}

// A pipe without readers: writing to it would raise SIGPIPE in the harness.
bool is_broken(int fd) {
  pollfd entry{.fd = fd, .events = 0, .revents = 0};
  return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLERR) != 0;
}

}  // namespace

long LinuxKernel::ioctl(int fd, unsigned long request, void* argument) {
  return raw(::ioctl(fd, request, argument));
}

long LinuxKernel::shutdown(int fd, int how) { return raw(::shutdown(fd, how)); }

long LinuxKernel::fstat(int fd, struct stat* status) { return raw(::fstat(fd, status)); }

// --- Bytes ------------------------------------------------------------------------------------

long LinuxKernel::read_timer(VirtualTimer& timer, int fd, const iovec* parts, int count) {
  if (count < 1 || parts[0].iov_len < sizeof(std::uint64_t)) return -EINVAL;
  std::uint64_t expirations = 0;
  while ((expirations = timer.read(turn().now())) == 0) {
    if (!is_blocking(fd)) return -EAGAIN;
    if (!turn().wait(std::nullopt)) return -EINTR;  // the world knows next_timer()
  }
  eventfd_t marks = 0;
  if (is_ready(fd, POLLIN)) ::eventfd_read(fd, &marks);
  std::memcpy(parts[0].iov_base, &expirations, sizeof expirations);
  return sizeof expirations;
}

long LinuxKernel::receive(ByteCall /*call*/, int fd, const iovec* parts, int count, int flags) {
  const std::shared_ptr<OpenFile> file = file_of(fd);
  if (auto* timer = dynamic_cast<VirtualTimer*>(file.get())) {
    return read_timer(*timer, fd, parts, count);
  }
  if (!file->is_socket) {
    while (is_blocking(fd) && !is_ready(fd, POLLIN)) {
      if (!turn().wait(std::nullopt)) return -EINTR;
    }
    return raw(::readv(fd, parts, count));
  }
  while (true) {
    msghdr message = message_of(parts, count);
    const long result = raw(::recvmsg(fd, &message, flags | MSG_DONTWAIT));
    if (result != -EAGAIN || (flags & MSG_DONTWAIT) != 0 || !is_blocking(fd)) return result;
    if (!turn().wait(std::nullopt)) return -EINTR;
  }
}

long LinuxKernel::transmit(ByteCall /*call*/, int fd, const iovec* parts, int count, int flags) {
  const std::shared_ptr<OpenFile> file = file_of(fd);
  if (!file->is_socket) {
    while (is_blocking(fd) && !is_ready(fd, POLLOUT)) {
      if (!turn().wait(std::nullopt)) return -EINTR;
    }
    return is_broken(fd) ? -EPIPE : raw(::writev(fd, parts, count));
  }
  while (true) {
    // SIGPIPE would end the harness; CallTrace lets the target die of it instead.
    const msghdr message = message_of(parts, count);
    const long result = raw(::sendmsg(fd, &message, flags | MSG_DONTWAIT | MSG_NOSIGNAL));
    if (result != -EAGAIN || (flags & MSG_DONTWAIT) != 0 || !is_blocking(fd)) return result;
    if (!turn().wait(std::nullopt)) return -EINTR;
  }
}

// --- Waiting and time -------------------------------------------------------------------------

template <typename Look>
long LinuxKernel::wait_until(const Look& look, std::optional<std::chrono::nanoseconds> timeout) {
  std::optional<VirtualTime> deadline;
  if (timeout) deadline = turn().now() + *timeout;
  while (true) {
    const long found = look();
    if (found != 0 || (deadline && turn().now() >= *deadline)) return found;
    if (!turn().wait(deadline)) return -EINTR;
  }
}

long LinuxKernel::epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  return raw(::epoll_ctl(epoll, operation, fd, event));
}

long LinuxKernel::epoll_wait(int epoll, epoll_event* events, int capacity,
                             std::optional<std::chrono::nanoseconds> timeout) {
  return wait_until([&] { return raw(::epoll_wait(epoll, events, capacity, 0)); }, timeout);
}

long LinuxKernel::poll(pollfd* entries, nfds_t count,
                       std::optional<std::chrono::nanoseconds> timeout) {
  return wait_until([&] { return raw(::poll(entries, count, 0)); }, timeout);
}

VirtualTime LinuxKernel::monotonic_now() { return kUptime + turn().now(); }

VirtualTime LinuxKernel::realtime_now() { return kEpochAtStart + realtime_steps_ + turn().now(); }

bool LinuxKernel::step_realtime(VirtualTime by) {
  realtime_steps_ += by;
  for (const auto& file : table_) {
    if (auto* timer = dynamic_cast<VirtualTimer*>(file.get())) timer->realtime_stepped(by);
  }
  time_moved(turn().now());
  return true;
}

void LinuxKernel::sleep(std::chrono::nanoseconds duration) {
  wait_until([]() -> long { return 0; }, duration);
}

// --- Timers -----------------------------------------------------------------------------------

long LinuxKernel::timerfd_create(int clock, int flags) {
  if ((flags & ~(TFD_NONBLOCK | TFD_CLOEXEC)) != 0) return -EINVAL;
  const int event_flags = ((flags & TFD_NONBLOCK) != 0 ? EFD_NONBLOCK : 0) |
                          ((flags & TFD_CLOEXEC) != 0 ? EFD_CLOEXEC : 0);
  const bool on_realtime = clock == CLOCK_REALTIME;
  const VirtualTime start = on_realtime ? kEpochAtStart + realtime_steps_ : kUptime;
  return adopt(::eventfd(0, event_flags), std::make_shared<VirtualTimer>(on_realtime, start));
}

long LinuxKernel::timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* old) {
  const auto timer = file_of<VirtualTimer>(fd);
  if (timer == nullptr) return -EINVAL;
  const long result = timer->set(flags, *value, old, turn().now());
  if (result != 0) return result;
  eventfd_t marks = 0;
  if (is_ready(fd, POLLIN)) ::eventfd_read(fd, &marks);
  time_moved(turn().now());  // an instant in the past expires at once
  return 0;
}

long LinuxKernel::timerfd_gettime(int fd, itimerspec* value) {
  const auto timer = file_of<VirtualTimer>(fd);
  if (timer == nullptr) return -EINVAL;
  timer->get(*value, turn().now());
  return 0;
}

std::optional<VirtualTime> LinuxKernel::next_timer() const {
  std::optional<VirtualTime> earliest;
  for (const auto& file : table_) {
    const auto* timer = dynamic_cast<const VirtualTimer*>(file.get());
    const auto next = timer != nullptr ? timer->next_expiry() : std::nullopt;
    if (next && (!earliest || *next < *earliest)) earliest = next;
  }
  return earliest;
}

void LinuxKernel::time_moved(VirtualTime now) {
  for (std::size_t fd = 0; fd < table_.size(); ++fd) {
    auto* timer = dynamic_cast<VirtualTimer*>(table_[fd].get());
    if (timer != nullptr && timer->expires(now)) ::eventfd_write(static_cast<int>(fd), 1);
  }
}

}  // namespace e3
