// SPDX-License-Identifier: MIT
// What a target can do to itself, and what the harness must notice: it spins, dies, misuses a
// descriptor, leaks.
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <optional>
#include <stdexcept>
#include <string>

#include "in_process_world_fixture.h"

namespace e3 {
namespace {

using InProcessHealthTest = InProcessWorldTest;

TEST_F(InProcessHealthTest, ALevelTriggeredListenerThatIsIgnoredIsASpin) {
  World& world = start([] { serve_with([](int, int, const epoll_event&) {}); });
  const Peer peer = world.connect();
  const Health health = world.health();
  ASSERT_TRUE(health.spin);
  EXPECT_NE(health.spin->find("epoll_wait"), std::string::npos);
}

TEST_F(InProcessHealthTest, PollingTheClockForEverIsASpin) {
  World& world = start([] {
    serve_with([](int, int, const epoll_event&) {
      while (::time(nullptr) != 0) {
      }
    });
  });
  const Peer peer = world.connect();
  EXPECT_TRUE(world.health().spin);
}

// Answers after 1.5 ms. As libwebsockets does: waits for whole milliseconds, asks for the rest.
TEST_F(InProcessHealthTest, AskingTheClockForTheRestOfAMillisecondIsNoSpin) {
  World& world = start([] {
    serve_with([](int epoll, int listener, const epoll_event&) {
      const int connection = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
      const auto due = std::chrono::steady_clock::now() + std::chrono::microseconds(1500);
      while (std::chrono::steady_clock::now() < due) {
        const auto left = due - std::chrono::steady_clock::now();
        const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(left);
        epoll_event event{};
        ::epoll_wait(epoll, &event, 1, static_cast<int>(whole.count()));
      }
      ::send(connection, "yes\n", 4, MSG_NOSIGNAL);
      ::close(connection);
    });
  });
  Peer peer = world.connect();
  peer.receive_to_end();
  EXPECT_EQ(peer.received(), "yes\n");
  EXPECT_EQ(world.health().spin, std::nullopt);
}

TEST_F(InProcessHealthTest, AnUncaughtExceptionIsADeath) {
  World& world = start([] {
    serve_with([](int, int, const epoll_event&) { throw std::out_of_range("no target"); });
  });
  const Peer peer = world.connect();
  EXPECT_EQ(world.health().death, "uncaught exception: no target");
}

TEST_F(InProcessHealthTest, WritingWithoutMsgNosignalToAClosedPeerIsADeath) {
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

TEST_F(InProcessHealthTest, ClosingTwiceIsMisuse) {
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

// Programs close -1, or whatever they might have inherited.
TEST_F(InProcessHealthTest, ClosingWhatItHasNeverHadIsNone) {
  World& world = start([] {
    serve_with([](int, int listener, const epoll_event&) {
      ::close(-1);
      for (int fd = 900; fd < 2100; ++fd) ::close(fd);
      ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    });
  });
  const Peer peer = world.connect();
  const Health health = world.health();
  EXPECT_TRUE(health.misuse.empty());
  EXPECT_FALSE(health.spin) << *health.spin;
}

TEST_F(InProcessHealthTest, DescriptorsAreCountedAsTheTargetOpensAndClosesThem) {
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

}  // namespace
}  // namespace e3
