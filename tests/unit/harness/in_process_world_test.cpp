// SPDX-License-Identifier: MIT
// When a target counts as ready, when it runs, and what its end leaves.
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <stdexcept>

#include "harness/world/engines/sim/sim_kernel.h"
#include "in_process_world_fixture.h"

namespace e3 {
namespace {

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

TEST_F(InProcessWorldTest, ATargetMaySleepBeforeItListens) {
  EXPECT_EQ(why_not_started([] {
              ::sleep(10);
              const int listener = listen_anywhere();
              const int epoll = ::epoll_create1(0);
              epoll_event event{};
              while (true) ::epoll_wait(epoll, &event, 1, -1);
              ::close(listener);
            }),
            "started");
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

// Outside the target's turn the number of its eventfd is that of another file, or of none.
TEST_F(InProcessWorldTest, WhatStopsATargetWritesToTheTargetsOwnDescriptors) {
  int wake = -1;
  std::uint64_t read = 0;
  {
    InProcessWorld world(
        {.name = "eventfd",
         .serve =
             [&] {
               const int listener = listen_anywhere();
               wake = ::eventfd(0, 0);
               while (::read(wake, &read, sizeof read) < 0 && errno == EINTR) continue;
               ::close(wake);
               ::close(listener);
             },
         .stop =
             [&] {
               const std::uint64_t written = 7;
               EXPECT_EQ(::write(wake, &written, sizeof written), 8);
             }},
        [](TargetTurn& turn) { return std::make_unique<SimKernel>(turn, std::uint16_t{40000}); },
        transcript_);
  }
  EXPECT_EQ(read, 7);
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
