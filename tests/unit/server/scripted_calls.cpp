// SPDX-License-Identifier: MIT
#include "scripted_calls.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#define E3_MEMORY_SANITIZER
#endif
#endif
#ifdef E3_MEMORY_SANITIZER
#include <sanitizer/msan_interface.h>
#endif

namespace e3::server {

ScriptedCalls& scripted_calls() {
  static ScriptedCalls calls;
  return calls;
}

namespace {

// Tells MemorySanitizer, which cannot see that these calls write.
void mark_written([[maybe_unused]] const void* bytes, [[maybe_unused]] ssize_t size) {
#ifdef E3_MEMORY_SANITIZER
  if (size > 0) __msan_unpoison(bytes, static_cast<std::size_t>(size));
#endif
}

// True when the test says that this call fails; errno is set.
bool fails(std::deque<int>& errors) {
  if (!scripted_calls().is_active || errors.empty()) return false;
  errno = errors.front();
  errors.pop_front();
  return true;
}

}  // namespace
}  // namespace e3::server

using e3::server::fails;
using e3::server::mark_written;
using e3::server::scripted_calls;

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  if (::syscall(SYS_clock_gettime, clock, time) != 0) return -1;
  mark_written(time, sizeof *time);
  auto& calls = scripted_calls();
  const bool is_wall = clock == CLOCK_REALTIME;
  if (!calls.is_active || (!is_wall && clock != CLOCK_MONOTONIC)) return 0;
  constexpr std::int64_t kSecond = 1'000'000'000;
  auto& first = is_wall ? calls.wall_clock : calls.monotonic_clock;
  if (!first) first = std::chrono::nanoseconds(time->tv_sec * kSecond + time->tv_nsec);
  auto now = *first + calls.elapsed;
  if (is_wall) now += calls.wall_clock_jump;
  *time = {.tv_sec = now.count() / kSecond, .tv_nsec = now.count() % kSecond};
  return 0;
}

int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  ++scripted_calls().accept_calls;
  if (fails(scripted_calls().accept_errors)) return -1;
  return static_cast<int>(::syscall(SYS_accept4, fd, address, size, flags));
}

int epoll_ctl(int epoll_fd, int operation, int fd, epoll_event* event) noexcept {
  if (fails(scripted_calls().epoll_ctl_errors)) return -1;
  if (event != nullptr) scripted_calls().last_token = event->data.u64;
  return static_cast<int>(::syscall(SYS_epoll_ctl, epoll_fd, operation, fd, event));
}

int epoll_wait(int epoll_fd, epoll_event* events, int capacity, int timeout_ms) {
  auto& calls = scripted_calls();
  ++calls.epoll_wait_calls;
  if (fails(calls.epoll_wait_errors)) return -1;
  if (!calls.stale_tokens.empty()) {
    events[0] = {.events = EPOLLIN | EPOLLHUP | EPOLLERR,
                 .data = {.u64 = calls.stale_tokens.front()}};
    calls.stale_tokens.pop_front();
    return 1;
  }
  calls.last_wait_ms = timeout_ms;
  calls.longest_wait_ms = std::max(calls.longest_wait_ms, timeout_ms);
  const int wait_ms = calls.is_active ? 0 : timeout_ms;
  const auto count =
      static_cast<int>(::syscall(SYS_epoll_pwait, epoll_fd, events, capacity, wait_ms, nullptr, 8));
  mark_written(events, count * static_cast<ssize_t>(sizeof *events));
  return count;
}

ssize_t recv(int fd, void* buffer, std::size_t size, int flags) {
  ++scripted_calls().recv_calls;
  if (fails(scripted_calls().recv_errors)) return -1;
  const ssize_t received = ::syscall(SYS_recvfrom, fd, buffer, size, flags, nullptr, nullptr);
  mark_written(buffer, received);
  return received;
}

ssize_t send(int fd, const void* buffer, std::size_t size, int flags) {
  auto& calls = scripted_calls();
  if (fails(calls.send_errors)) return -1;
  if (calls.empty_sends != 0) return --calls.empty_sends, 0;
  const bool limited = calls.is_active && calls.send_size_max != 0;
  return ::syscall(SYS_sendto, fd, buffer, limited ? std::min(size, calls.send_size_max) : size,
                   flags, nullptr, 0);
}

int shutdown(int fd, int how) noexcept {
  if (fails(scripted_calls().shutdown_errors)) return -1;
  return static_cast<int>(::syscall(SYS_shutdown, fd, how));
}

}  // extern "C"
