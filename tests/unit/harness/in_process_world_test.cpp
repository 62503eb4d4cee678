// SPDX-License-Identifier: MIT
// What a target can do to the harness, and what the harness must notice: small servers that block,
// spin, die, leak, wait in virtual time, or do not listen at all.
#include "harness/world/engines/in_process_world.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/world/engines/sim/sim_kernel.h"
#include "harness/world/engines/socketpair/socketpair_kernel.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

int listen_anywhere(int flags = SOCK_NONBLOCK) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | flags, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  const bool listens =
      ::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(listener, 16) == 0;
  return listens ? listener : -1;
}

// A server whose loop handles one event at a time with the given function.
void serve_with(const std::function<void(int epoll, int listener, const epoll_event&)>& handle) {
  const int listener = listen_anywhere();
  const int epoll = ::epoll_create1(0);
  epoll_event event{.events = EPOLLIN, .data = {.fd = listener}};
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  while (::epoll_wait(epoll, &event, 1, -1) == 1) handle(epoll, listener, event);
}

class InProcessWorldTest : public ::testing::Test {
 protected:
  InProcessWorld& start(std::function<void()> serve) {
    world_ = std::make_unique<InProcessWorld>(
        InProcessTarget{.name = "test server", .serve = std::move(serve), .stop = {}},
        [](TargetTurn& turn) { return std::make_unique<SocketpairKernel>(turn, 40000); },
        transcript_);
    return *world_;
  }

  std::string why_not_started(std::function<void()> serve) {
    try {
      start(std::move(serve));
    } catch (const TargetUnavailable& unavailable) {
      return unavailable.what();
    }
    return "started";
  }

  Transcript transcript_;
  std::unique_ptr<InProcessWorld> world_;
};

TEST_F(InProcessWorldTest, ATargetThatReturnsNeverBecameReady) {
  EXPECT_EQ(why_not_started([] {}),
            "test server never became ready: it returned from its main loop");
}

TEST_F(InProcessWorldTest, ATargetThatThrowsNeverBecameReady) {
  EXPECT_EQ(why_not_started([] { throw std::runtime_error("no licence"); }),
            "test server never became ready: uncaught exception: no licence");
}

TEST_F(InProcessWorldTest, ATargetThatWaitsWithoutListeningIsNamed) {
  EXPECT_EQ(why_not_started([] {
              const int epoll = ::epoll_create1(0);
              epoll_event event{};
              ::epoll_wait(epoll, &event, 1, -1);
            }),
            "test server never became ready: it waits without listening");
}

// A server that only looks at a flag when its wait ends, as a handler of SIGTERM would set it.
TEST_F(InProcessWorldTest, Rule17StoppingInterruptsTheWait) {
  bool stopped = false;
  int error = 0;
  {
    const InProcessWorld world(
        {.name = "flag",
         .serve =
             [&] {
               const int listener = listen_anywhere();
               const int epoll = ::epoll_create1(0);
               epoll_event event{};
               while (!stopped) {
                 if (::epoll_wait(epoll, &event, 1, -1) < 0) error = errno;
               }
               ::close(epoll);
               ::close(listener);
             },
         .stop = [&] { stopped = true; }},
        [](TargetTurn& turn) { return std::make_unique<SimKernel>(turn, std::uint16_t{40000}); },
        transcript_);
  }
  EXPECT_EQ(error, EINTR);
}

TEST_F(InProcessWorldTest, AnUnmodelledCallStopsLoudly) {
  EXPECT_NE(why_not_started([] {
              sockaddr_in anywhere{};
              anywhere.sin_family = AF_INET;
              const int client = ::socket(AF_INET, SOCK_STREAM, 0);
              ::connect(client, reinterpret_cast<sockaddr*>(&anywhere), sizeof anywhere);
            }).find("connect"),
            std::string::npos);
}

TEST_F(InProcessWorldTest, ABlockingServerTakesTurnsToo) {
  World& world = start([] {
    const int listener = listen_anywhere(0);
    while (true) {
      const int connection = ::accept(listener, nullptr, nullptr);
      char byte = 0;
      while (::read(connection, &byte, 1) == 1) ::send(connection, &byte, 1, MSG_NOSIGNAL);
      ::close(connection);
    }
  });
  Peer peer = world.connect();
  peer.send("echo");
  peer.shutdown_write();
  peer.receive_to_end();
  EXPECT_EQ(peer.received(), "echo");
  EXPECT_EQ(peer.ending(), Ending::kEof);
}

TEST_F(InProcessWorldTest, HeldPeersAllArriveBeforeTheTargetRuns) {
  int accepted_at_once = 0;
  World& world = start([&] {
    serve_with([&](int, int listener, const epoll_event&) {
      int count = 0;
      while (::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK) >= 0) ++count;
      accepted_at_once = count;
    });
  });
  world.hold();
  const Peer a = world.connect();
  const Peer b = world.connect();
  world.settle();
  EXPECT_EQ(accepted_at_once, 0);
  world.release();
  world.settle();
  EXPECT_EQ(accepted_at_once, 2);
}

TEST_F(InProcessWorldTest, AnEdgeTriggeredListenerGetsAnEdgeForEachArrival) {
  int edges = 0;
  World& world = start([&] {
    const int listener = listen_anywhere();
    const int epoll = ::epoll_create1(0);
    epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.fd = listener}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    while (::epoll_wait(epoll, &event, 1, -1) == 1) ++edges;  // never accepts
  });
  const Peer a = world.connect();
  world.settle();
  EXPECT_EQ(edges, 1);
  world.settle();
  EXPECT_EQ(edges, 1);
  const Peer b = world.connect();
  world.settle();
  EXPECT_EQ(edges, 2);
}

TEST_F(InProcessWorldTest, ALevelTriggeredListenerThatIsIgnoredIsASpin) {
  World& world = start([] { serve_with([](int, int, const epoll_event&) {}); });
  const Peer peer = world.connect();
  const Health health = world.health();
  ASSERT_TRUE(health.spin);
  EXPECT_NE(health.spin->find("epoll_wait"), std::string::npos);
}

TEST_F(InProcessWorldTest, PollingTheClockForEverIsASpin) {
  World& world = start([] {
    serve_with([](int, int, const epoll_event&) {
      while (::time(nullptr) != 0) {
      }
    });
  });
  const Peer peer = world.connect();
  EXPECT_TRUE(world.health().spin);
}

TEST_F(InProcessWorldTest, AnUncaughtExceptionIsADeath) {
  World& world = start([] {
    serve_with([](int, int, const epoll_event&) { throw std::out_of_range("no target"); });
  });
  const Peer peer = world.connect();
  EXPECT_EQ(world.health().death, "uncaught exception: no target");
}

TEST_F(InProcessWorldTest, WritingWithoutMsgNosignalToAClosedPeerIsADeath) {
  World& world = start([] {
    serve_with([](int, int listener, const epoll_event&) {
      const int connection = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
      ::write(connection, "late", 4);
    });
  });
  world.hold();
  world.connect().close();
  world.release();
  const Health health = world.health();
  ASSERT_TRUE(health.death);
  EXPECT_NE(health.death->find("SIGPIPE"), std::string::npos);
}

TEST_F(InProcessWorldTest, ClosingTwiceIsMisuse) {
  World& world = start([] {
    serve_with([](int, int listener, const epoll_event&) {
      const int connection = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
      ::close(connection);
      ::close(connection);
    });
  });
  const Peer peer = world.connect();
  EXPECT_EQ(world.health().misuse.size(), 1U);
}

TEST_F(InProcessWorldTest, DescriptorsAreCountedAsTheTargetOpensAndClosesThem) {
  World& world = start([] {
    serve_with([](int, int listener, const epoll_event&) {
      ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);  // and forgets it
    });
  });
  EXPECT_EQ(world.health().descriptors, 2U);
  world.connect().close();
  EXPECT_EQ(world.health().descriptors, 3U);
  EXPECT_EQ(world.descriptors_down_to(2), 3U);
}

TEST_F(InProcessWorldTest, TimeoutsRunInVirtualTimeOnly) {
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
  EXPECT_EQ(timeouts, 2881);
}

TEST_F(InProcessWorldTest, TheTargetsClocksFollowVirtualTime) {
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

TEST_F(InProcessWorldTest, TcpOptionsAndAddressesAreAnsweredAsTcpWould) {
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

TEST_F(InProcessWorldTest, AnEventfdWakesTheLoop) {
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

TEST_F(InProcessWorldTest, WhatCannotBeSimulatedStopsLoudly) {
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
      {[] { ::syscall(SYS_socket, AF_INET, SOCK_STREAM, 0); }, "SYS_socket"},
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

TEST_F(InProcessWorldTest, SelectWaitsAndTellsWhichDescriptorsAreReady) {
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

TEST_F(InProcessWorldTest, RandomnessRepeats) {
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

TEST_F(InProcessWorldTest, ATimerfdRingsInVirtualTime) {
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

TEST_F(InProcessWorldTest, TheTargetsObjectsAreDestroyedWhenTheWorldEnds) {
  auto witness = std::make_shared<int>(0);
  start([witness] {
    const auto held = std::make_shared<std::shared_ptr<int>>(witness);
    serve_with([held](int, int, const epoll_event&) { ++**held; });
  });
  EXPECT_GT(witness.use_count(), 2);
  world_.reset();
  EXPECT_EQ(witness.use_count(), 1);
}

}  // namespace
}  // namespace e3
