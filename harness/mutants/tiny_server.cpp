// SPDX-License-Identifier: MIT
#include "harness/mutants/tiny_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

#include "harness/mutants/listening_socket.h"
#include "harness/mutants/tiny_loop.h"

namespace e3::mutants {

namespace {

// A level-triggered descriptor would be reported again, and the bug not show.
bool needs_edges(Bug bug) {
  return bug == Bug::kAcceptsOncePerEdge || bug == Bug::kMissesEndAfterShortRead ||
         bug == Bug::kSkipsFullBatch || bug == Bug::kStopsAtUnregistered ||
         (bug >= Bug::kEdgeNone && bug <= Bug::kAbandonsBatch);
}

constexpr std::size_t kBatch = 16;

}  // namespace

TinyServer::TinyServer(Bug bug, std::uint16_t port)
    : bug_(bug),
      edges_(needs_edges(bug)),
      listener_(listening_socket(port, bug != Bug::kBindsWithoutReuse)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
  if (has(Bug::kIgnoresSigterm)) std::signal(SIGTERM, SIG_IGN);
}

TinyServer::~TinyServer() {
  for (const auto& [fd, connection] : connections_) ::close(fd);
  ::close(listener_);
  ::close(epoll_);
  if (has(Bug::kIgnoresSigterm)) std::signal(SIGTERM, SIG_DFL);
}

bool TinyServer::watch(int fd, std::uint32_t events, int operation) {
  const std::uint32_t edge = edges_ ? std::uint32_t{EPOLLET} : 0U;
  epoll_event event{.events = events | edge, .data = {.fd = fd}};
  return ::epoll_ctl(epoll_, operation, fd, &event) == 0;
}

void TinyServer::run() {
  std::array<epoll_event, kBatch> events{};
  while (true) {
    const int count = wait(events);
    if (count < 0 && has(Bug::kDiesOfInterrupt)) throw std::runtime_error("epoll_wait failed");
    if (count == kBatch && has(Bug::kSkipsFullBatch)) continue;
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.fd == listener_) {
        accept_all();
        if (has(Bug::kAbandonsBatch)) break;
      } else if (connections_.contains(event.data.fd)) {
        serve(event.data.fd, event.events);
      }
    }
    close_overdue();
    if (accept_at_ <= now()) go_on_accepting();
  }
}

int TinyServer::wait(std::span<epoll_event> events) {
  const int limit = milliseconds_to_wait();
  while (true) {
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), limit);
    if (count >= 0 || !has(Bug::kWaitsAnew)) return count;
  }
}

Milliseconds TinyServer::now() const {
  timespec time{};
  ::clock_gettime(has(Bug::kUsesWallClock) ? CLOCK_REALTIME : CLOCK_MONOTONIC, &time);
  return Milliseconds{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
}

int TinyServer::milliseconds_to_wait() const {
  Milliseconds next = accept_at_;
  for (const auto& [fd, connection] : connections_) next = std::min(next, connection.deadline);
  if (has(Bug::kTicks)) next = std::min(next, now() + 1);
  if (next == kNever) return -1;
  Milliseconds left = std::max<Milliseconds>(0, next - now());
  if (has(Bug::kRoundsTimeDown)) left -= left % 500;
  return static_cast<int>(left);
}

void TinyServer::close_overdue() {
  const Milliseconds time = now();
  std::vector<int> overdue;
  for (const auto& [fd, connection] : connections_) {
    if (connection.deadline <= time) overdue.push_back(fd);
  }
  std::erase_if(timers_, [time](const auto& timer) { return timer.second <= time; });
  ending_overdue_ = true;
  for (const int fd : overdue) {
    const auto behind = connections_.upper_bound(fd);
    if (has(Bug::kHalfClosesOverdue)) {
      ::shutdown(fd, SHUT_WR);
      connections_[fd].deadline = kNever;
    } else if (has(Bug::kEndsNeighbour) && behind != connections_.end()) {
      connections_[fd].deadline = kNever;
      drop(behind->first);
    } else {
      drop(fd);
    }
  }
  ending_overdue_ = false;
}

void TinyServer::accept_all() {
  while (accepts_) {
    if (open_ >= kConnectionLimit && !has(Bug::kTableOf200))
      return stop_accepting(kNever);  // until one is closed
    const int fd =
        ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | (blocks() ? 0 : SOCK_NONBLOCK));
    if (fd < 0 && errno == EAGAIN) return;
    if (fd < 0 && !accept_failed(errno)) return;
    if (fd >= 0 && !take_in(fd) && has(Bug::kStopsAtUnregistered)) return;
    if (has(Bug::kAcceptsOncePerEdge)) return;
  }
}

// False: it is not watched.
bool TinyServer::take_in(int fd) {
  if (has(Bug::kClosesAtAccept)) {
    ::close(fd);
    return true;
  }
  if (fd >= listener_ + 200 && has(Bug::kTableOf200)) throw std::out_of_range("no such row");
  const std::uint32_t both_ways = edges_ ? std::uint32_t{EPOLLOUT} : 0U;
  if (!watch(fd, EPOLLIN | EPOLLRDHUP | both_ways, EPOLL_CTL_ADD)) {
    if (!has(Bug::kLeaksUnregistered)) ::close(fd);
    return false;
  }
  connections_[fd] = {};
  connections_[fd].deadline = now() + (has(Bug::kKillsSlowHeads) ? 600 : kHeadTime);
  if (has(Bug::kNoHeadTime)) connections_[fd].deadline = kNever;
  if (has(Bug::kKeepsTimer)) {
    connections_[fd].deadline = timers_.emplace(fd, connections_[fd].deadline).first->second;
  }
  ++open_;
  if (has(Bug::kKeepsBuffers)) buffers_.emplace_back(4096, 'b');
  if (has(Bug::kLeavesThreads) && ++connections_seen_ % 5 == 0)
    std::thread([] { ::pause(); }).detach();
  return true;
}

// False: accept no more for now.
bool TinyServer::accept_failed(int error) {
  if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
    if (has(Bug::kDiesOutOfDescriptors)) throw std::runtime_error("accept: out of something");
    const bool spins =
        has(Bug::kSpinsOutOfDescriptors) || (has(Bug::kSpinsInFullSystem) && error == ENFILE);
    if (!spins) stop_accepting(now() + kRetryTime);
    return false;
  }
  if (has(Bug::kDiesOfAbortedConnection)) throw std::runtime_error("accept failed");
  if (has(Bug::kStopsAtAbortedConnection)) watch(listener_, 0, EPOLL_CTL_MOD);
  return !has(Bug::kStopsAtAbortedConnection);
}

void TinyServer::stop_accepting(Milliseconds until) {
  accepts_ = false;
  accept_at_ = has(Bug::kForgetsOutOfDescriptors) ? kNever : until;
  watch(listener_, 0, EPOLL_CTL_MOD);
}

void TinyServer::go_on_accepting() {
  accepts_ = true;
  accept_at_ = kNever;
  watch(listener_, EPOLLIN, EPOLL_CTL_MOD);
}

void TinyServer::drop(int fd) {
  connections_.erase(fd);
  if (::close(fd) != 0 && errno == EINTR && has(Bug::kClosesAgain)) ::close(fd);
  --open_;
  const bool stays_full = has(Bug::kNeverResumesAccepting) || has(Bug::kForgetsOutOfDescriptors) ||
                          (has(Bug::kStaysFull) && ending_overdue_);
  if (!accepts_ && !stays_full) go_on_accepting();
}

void serve_tiny(Bug bug, std::uint16_t port) { TinyServer(bug, port).run(); }

}  // namespace e3::mutants
