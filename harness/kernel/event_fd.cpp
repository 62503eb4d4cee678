// SPDX-License-Identifier: MIT
#include "event_fd.h"

#include <fcntl.h>
#include <sys/eventfd.h>

#include "machine.h"

namespace e3::sim {

void EventFd::create(std::uint64_t count, int flags) {
  open(O_RDWR | (flags & EFD_NONBLOCK));
  count_ = count;
  semaphore_ = (flags & EFD_SEMAPHORE) != 0;
}

std::uint32_t EventFd::poll() {
  std::uint32_t events = 0;
  if (count_ > 0) events |= EPOLLIN;
  if (count_ == UINT64_MAX) events |= EPOLLERR;
  if (count_ < UINT64_MAX - 1) events |= EPOLLOUT;
  return events;
}

long EventFd::read(const ScatterList& to) {
  if (to.size() < sizeof count_) return -EINVAL;
  if (count_ == 0) return would_block();
  const std::uint64_t value = semaphore_ ? 1 : count_;
  count_ -= value;
  to.store(&value, sizeof value);
  wake(EPOLLOUT);
  return sizeof value;
}

long EventFd::write(const ScatterList& from) {
  std::uint64_t value = 0;
  if (from.size() != sizeof value) return -EINVAL;
  from.load(&value, sizeof value);
  if (value == UINT64_MAX) return -EINVAL;
  if (UINT64_MAX - count_ <= value) return would_block();
  count_ += value;
  wake(EPOLLIN);
  return sizeof value;
}

void EventFd::release() { machine().event_fds.give_back(*this); }

}  // namespace e3::sim
