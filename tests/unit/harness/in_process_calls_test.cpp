// SPDX-License-Identifier: MIT
// What a target may call besides reading and writing, and what stops it.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "in_process_world_fixture.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

using InProcessCallsTest = InProcessWorldTest;

TEST_F(InProcessCallsTest, AnUnmodelledCallStopsLoudly) {
  EXPECT_NE(why_not_started([] {
              sockaddr_in anywhere{};
              anywhere.sin_family = AF_INET;
              const int client = ::socket(AF_INET, SOCK_STREAM, 0);
              std::ignore =
                  ::connect(client, reinterpret_cast<sockaddr*>(&anywhere), sizeof anywhere);
            }).find("connect"),
            std::string::npos);
}

TEST_F(InProcessCallsTest, TimeoutsRunInVirtualTimeOnly) {
  int timeouts = 0;
  World& world = start([&] {
    const int listener = listen_anywhere();
    const int epoll = ::epoll_create1(0);
    epoll_event event{.events = EPOLLIN, .data = {.fd = listener}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    while (::epoll_wait(epoll, &event, 1, 30'000) == 0) ++timeouts;
  });
  world.advance(29s);
  EXPECT_EQ(timeouts, 0);
  world.advance(1s);
  EXPECT_EQ(timeouts, 1);
  world.advance(24h);
  EXPECT_EQ(timeouts, 2880);  // each takes a little longer than asked
}

// As libev's: a timer is due when its instant lies behind it.
TEST_F(InProcessCallsTest, AWaitIsOverWhenItsInstantHasPassed) {
  using Clock = std::chrono::steady_clock;
  int due = 0;
  World& world = start([&] {
    const int listener = listen_anywhere();
    const int epoll = ::epoll_create1(0);
    watch(epoll, listener);
    epoll_event event{};
    Clock::time_point next = Clock::now() + 10ms;
    while (true) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
      ::epoll_wait(epoll, &event, 1, std::max(0, static_cast<int>(left.count())));
      if (next >= Clock::now()) continue;
      ++due;
      next += 10ms;
    }
  });
  world.advance(1s);
  EXPECT_EQ(world.health().spin, std::nullopt);
  EXPECT_GE(due, 99);
}

TEST_F(InProcessCallsTest, TheTargetsClocksFollowVirtualTime) {
  timespec before{};
  timespec after{};
  World& world = start([&] {
    const int listener = listen_anywhere();
    ::clock_gettime(CLOCK_MONOTONIC, &before);
    const timespec pause{.tv_sec = 5, .tv_nsec = 0};
    ::nanosleep(&pause, nullptr);
    ::clock_gettime(CLOCK_MONOTONIC, &after);
    pollfd entry{.fd = listener, .events = POLLIN, .revents = 0};
    ::poll(&entry, 1, -1);
  });
  world.settle();
  EXPECT_EQ(after.tv_sec, 0);
  world.advance(5s);
  EXPECT_EQ(after.tv_sec - before.tv_sec, 5);
}

TEST_F(InProcessCallsTest, TcpOptionsAndAddressesAreAnsweredAsTcpWould) {
  int nodelay = -1;
  sockaddr_in peer_address{};
  World& world = start([&] {
    serve_with([&](int, int listener, const epoll_event&) {
      socklen_t size = sizeof peer_address;
      const int connection =
          ::accept4(listener, reinterpret_cast<sockaddr*>(&peer_address), &size, SOCK_NONBLOCK);
      const int on = 1;
      nodelay = ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      ::close(connection);
    });
  });
  Peer peer = world.connect();
  peer.receive_to_end();
  EXPECT_EQ(nodelay, 0);
  EXPECT_EQ(peer_address.sin_family, AF_INET);
  EXPECT_EQ(ntohs(peer_address.sin_port), 40000);
}

TEST_F(InProcessCallsTest, AnEventfdWakesTheLoop) {
  int event_fd = -1;
  bool woken = false;
  World& world = start([&] {
    event_fd = ::eventfd(0, EFD_NONBLOCK);
    const int listener = listen_anywhere();
    pollfd entries[] = {{.fd = listener, .events = POLLIN, .revents = 0},
                        {.fd = event_fd, .events = POLLIN, .revents = 0}};
    ::poll(entries, 2, -1);
    eventfd_t value = 0;
    woken = ::eventfd_read(event_fd, &value) == 0;
    ::poll(entries, 2, -1);
  });
  world.settle();
  EXPECT_FALSE(woken);
  ASSERT_EQ(::eventfd_write(event_fd, 1), 0);
  world.settle();
  EXPECT_TRUE(woken);
}

TEST_F(InProcessCallsTest, WhatCannotBeSimulatedStopsLoudly) {
  struct Case {
    std::function<void()> act;
    std::string_view name;
  };
  const Case cases[] = {
      {[] { ::fork(); }, "fork"},
      {[] {
         pthread_t thread{};
         ::pthread_create(
             &thread, nullptr, [](void* nothing) { return nothing; }, nullptr);
       },
       "pthread_create"},
      {[] { ::syscall(SYS_clone, 0, nullptr); }, "SYS_clone"},
      {[] { ::syscall(SYS_io_uring_setup, 1, nullptr); }, "io_uring_setup"},
#ifdef SYS_fork
      {[] { ::syscall(SYS_fork); }, "SYS_fork"},
      {[] { ::syscall(SYS_epoll_create, 1); }, "SYS_epoll_create"},
#endif
      {[] { ::alarm(1); }, "alarm"},
      {[] {
         std::array<int, 2> ends{};
         ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data());
         mmsghdr message{};
         ::recvmmsg(ends[0], &message, 1, 0, nullptr);
       },
       "recvmmsg"},
  };
  for (const Case& each : cases) {
    const std::string why = why_not_started(each.act);
    EXPECT_NE(why.find(each.name), std::string::npos) << why;
    EXPECT_NE(why.find("--spawn"), std::string::npos) << why;
  }
}

// libuv closes so.
TEST_F(InProcessCallsTest, WhatIsCalledBySyscallIsWhatItsFunctionIs) {
  std::size_t opened = 0;
  long result = -1;
  World& world = start_on_sim([&] {
    const auto listener = static_cast<int>(::syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
    const auto epoll = static_cast<int>(::syscall(SYS_epoll_create1, 0));
    const auto event = static_cast<int>(::syscall(SYS_eventfd2, 1, EFD_NONBLOCK));
    const auto twin = static_cast<int>(::syscall(SYS_dup, listener));
    epoll_event readable{.events = EPOLLIN, .data = {.fd = event}};
    result = ::syscall(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, event, &readable);
    opened = static_cast<std::size_t>(::epoll_wait(epoll, &readable, 1, 0));
    for (const int fd : {listener, epoll, event, twin}) {
      if (::syscall(SYS_close, fd) != 0) result = fd;
    }
    errno = 0;
    if (::syscall(SYS_close, event) != -1 || errno != EBADF) result = -2;
  });
  EXPECT_EQ(result, 0);
  EXPECT_EQ(opened, 1U);
  EXPECT_EQ(world.health().descriptors, 1U);  // where it waits
}

TEST_F(InProcessCallsTest, WhatIsReadyDoesNotWaitForTimeToPass) {
  using Clock = std::chrono::steady_clock;
  std::optional<Clock::duration> seen;
  World& world = start_on_sim([&] {
    const auto began = Clock::now();
    const int epoll = ::epoll_create1(0);
    watch(epoll, listen_anywhere());
    epoll_event event{};
    while (::epoll_wait(epoll, &event, 1, 60'000) == 0) {
    }
    seen = Clock::now() - began;
  });
  const Peer peer = world.connect();
  world.advance(100s);
  EXPECT_EQ(seen, Clock::duration::zero());
}

// As a server's own resolver does.
TEST_F(InProcessCallsTest, ASocketForUdpCanBeWatchedAndStaysSilent) {
  int resolver = -1;
  std::string results;
  World& world = start_on_sim([&] {
    const int epoll = ::epoll_create1(0);
    resolver = ::socket(AF_INET, SOCK_DGRAM, 0);
    epoll_event event{.events = EPOLLIN | EPOLLOUT, .data = {.fd = resolver}};
    for (const int operation : {EPOLL_CTL_MOD, EPOLL_CTL_ADD, EPOLL_CTL_ADD, EPOLL_CTL_MOD}) {
      const int result = ::epoll_ctl(epoll, operation, resolver, &event);
      results += result == 0 ? "0 " : std::to_string(errno) + " ";
    }
    results += std::to_string(::epoll_wait(epoll, &event, 1, 1000));
    ::close(resolver);
    resolver = ::socket(AF_INET, SOCK_DGRAM, 0);  // another, in the same place
    results += " " + std::to_string(::epoll_ctl(epoll, EPOLL_CTL_ADD, resolver, &event));
    ::close(resolver);
  });
  world.advance(1s);
  EXPECT_EQ(results, fmt::format("{} 0 {} 0 0 0", ENOENT, EEXIST));
}

TEST_F(InProcessCallsTest, WhatCannotBeWatchedIsNamed) {
  std::string why = "started";
  try {
    start_on_sim([] { watch(::epoll_create1(0), ::inotify_init1(0)); });
  } catch (const TargetUnavailable& unavailable) {
    why = unavailable.what();
  }
  EXPECT_NE(why.find("inotify"), std::string::npos) << why;
}

TEST_F(InProcessCallsTest, SelectWaitsAndTellsWhichDescriptorsAreReady) {
  int ready = -1;
  bool listener_is_ready = false;
  bool event_is_ready = true;
  World& world = start([&] {
    const int listener = listen_anywhere();
    const int event = ::eventfd(0, EFD_NONBLOCK);
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(listener, &readable);
    FD_SET(event, &readable);
    ready = ::select(std::max(listener, event) + 1, &readable, nullptr, nullptr, nullptr);
    listener_is_ready = FD_ISSET(listener, &readable);
    event_is_ready = FD_ISSET(event, &readable);
    ::poll(nullptr, 0, -1);
  });
  EXPECT_EQ(ready, -1);
  const Peer peer = world.connect();
  world.settle();
  EXPECT_EQ(ready, 1);
  EXPECT_TRUE(listener_is_ready);
  EXPECT_FALSE(event_is_ready);
}

TEST_F(InProcessCallsTest, RandomnessRepeats) {
  std::array<std::uint64_t, 2> drawn{};
  const auto draw = [&](std::size_t run) {
    start([&drawn, run] {
      ::getrandom(&drawn[run], sizeof drawn[run], 0);
      const int listener = listen_anywhere(0);
      ::accept(listener, nullptr, nullptr);
    });
    world_.reset();
  };
  draw(0);
  draw(1);
  EXPECT_NE(drawn[0], 0U);
  EXPECT_EQ(drawn[0], drawn[1]);
}

TEST_F(InProcessCallsTest, ATimerfdRingsInVirtualTime) {
  std::uint64_t expirations = 0;
  World& world = start([&] {
    const int timer = ::timerfd_create(CLOCK_MONOTONIC, 0);
    const itimerspec every_second{.it_interval = {1, 0}, .it_value = {1, 0}};
    ::timerfd_settime(timer, 0, &every_second, nullptr);
    const int listener = listen_anywhere();
    pollfd entry{.fd = timer, .events = POLLIN, .revents = 0};
    ::poll(&entry, 1, -1);
    ::sleep(2);
    EXPECT_EQ(::read(timer, &expirations, sizeof expirations), 8);
    entry.fd = listener;
    ::poll(&entry, 1, -1);
  });
  world.advance(500ms);
  EXPECT_EQ(expirations, 0U);
  world.advance(10s);
  EXPECT_EQ(expirations, 3U);
}

}  // namespace
}  // namespace e3
