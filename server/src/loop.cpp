// SPDX-License-Identifier: MIT
#include "e3/server/loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "system_call.h"

namespace e3::server {

Loop::Loop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  require(epoll_.is_open(), "epoll_create1");
  wake_ = Descriptor(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  require(wake_.is_open(), "eventfd");
  require(add(wake_.get(), EPOLLIN | EPOLLET, kWakeToken), "epoll_ctl");
}

bool Loop::control(int operation, int fd, std::uint32_t events, std::uint64_t token) {
  epoll_event event{.events = events, .data = {.u64 = token}};
  return ::epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
}

std::span<const epoll_event> Loop::wait(int timeout_ms) {
  const int count =
      ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout_ms);
  if (count >= 0) return {events_.data(), static_cast<std::size_t>(count)};
  if (errno == EINTR) return {};
  throw_system_error("epoll_wait");
}

void Loop::wake() noexcept {
  const int saved_errno = errno;  // a signal handler must not disturb what it interrupted
  const std::uint64_t one = 1;
  // The write can only fail when the counter is already far above zero, and then the loop wakes
  // anyway.
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
  errno = saved_errno;
}

void Loop::acknowledge_wake() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t taken = ::read(wake_.get(), &count, sizeof count);
}

}  // namespace e3::server
