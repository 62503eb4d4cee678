// SPDX-License-Identifier: MIT
#include "oneshot_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace {

constexpr std::size_t kMostUnsent = 65536;
constexpr int kMostIdleTicks = 3;  // of a minute

}  // namespace

OneshotServer::OneshotServer()
    : epoll_(epoll_create1(EPOLL_CLOEXEC)),
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  const itimerspec minute{.it_interval = {60, 0}, .it_value = {60, 0}};
  timerfd_settime(timer_, 0, &minute, nullptr);
  epoll_event event{.events = EPOLLIN, .data = {.fd = timer_}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, timer_, &event);
}

OneshotServer::~OneshotServer() {
  while (!connections_.empty()) end(connections_.begin()->first);
  close(timer_);
  close(epoll_);
}

void OneshotServer::arm(int operation, int fd, std::uint32_t events) {
  epoll_event event{.events = events | EPOLLONESHOT, .data = {.fd = fd}};
  epoll_ctl(epoll_, operation, fd, &event);
}

void OneshotServer::adopt(int fd) {
  connections_[fd] = {};
  arm(EPOLL_CTL_ADD, fd, EPOLLIN);
}

void OneshotServer::turn() {
  epoll_event events[32];
  const int count = epoll_wait(epoll_, events, 32, 0);
  for (int i = 0; i < count; ++i) {
    if (events[i].data.fd == timer_) {
      tick();
    } else if (connections_.count(events[i].data.fd) > 0) {
      serve(events[i].data.fd);
    }
  }
}

void OneshotServer::serve(int fd) {
  Connection& c = connections_[fd];
  c.idle_ticks = 0;
  char buffer[4096];
  while (!c.ended && c.unsent.size() < kMostUnsent) {
    const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
    if (got > 0) {
      c.unsent.append(buffer, static_cast<std::size_t>(got));
    } else if (got == 0) {
      c.ended = true;
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      return end(fd);
    }
  }
  while (!c.unsent.empty()) {
    const ssize_t put = send(fd, c.unsent.data(), c.unsent.size(), MSG_NOSIGNAL);
    if (put >= 0) {
      c.unsent.erase(0, static_cast<std::size_t>(put));
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      return end(fd);
    }
  }
  if (c.ended && c.unsent.empty()) return end(fd);
  const bool wants_more = !c.ended && c.unsent.size() < kMostUnsent;
  arm(EPOLL_CTL_MOD, fd, (wants_more ? EPOLLIN : 0U) | (c.unsent.empty() ? 0U : EPOLLOUT));
}

void OneshotServer::tick() {
  std::uint64_t expirations = 0;
  if (read(timer_, &expirations, sizeof expirations) < 0) return;
  std::vector<int> idle;
  for (auto& [fd, connection] : connections_) {
    if (++connection.idle_ticks > kMostIdleTicks) idle.push_back(fd);
  }
  for (const int fd : idle) end(fd);
}

void OneshotServer::end(int fd) {
  close(fd);
  connections_.erase(fd);
}
