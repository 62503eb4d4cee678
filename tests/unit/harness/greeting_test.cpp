// SPDX-License-Identifier: MIT
// Protocols in which the server speaks first: what it says so is no answer.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

#include "harness/world/engines/in_process_world.h"
#include "harness/world/engines/sim/sim_kernel.h"
#include "in_process_world_fixture.h"

namespace e3 {
namespace {

// Greets in two pieces, then sends back what comes.
void serve() {
  serve_with([](int epoll, int listener, const epoll_event& event) {
    const int fd = event.data.fd;
    if (fd == listener) {
      const int connection = accept_and_watch(epoll, listener);
      ::send(connection, "220 ", 4, MSG_NOSIGNAL);
      ::send(connection, "ready\n", 6, MSG_NOSIGNAL);
      return;
    }
    std::array<char, 64> bytes{};
    const ssize_t count = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (count > 0) ::send(fd, bytes.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL);
    if (count <= 0) ::close(fd);
  });
}

class GreetingTest : public testing::Test {
 protected:
  Transcript transcript_;
  InProcessWorld world_{
      {.name = "greeter", .serve = serve, .stop = {}},
      [](TargetTurn& turn) { return std::make_unique<SimKernel>(turn, std::uint16_t{40000}); },
      transcript_};
};

TEST_F(GreetingTest, IsReceivedWhereNoneIsExpected) {
  Peer peer = world_.connect();
  peer.receive_until("\n");
  EXPECT_EQ(peer.received(), "220 ready\n");
}

TEST_F(GreetingTest, IsWaitedForAndNoPartOfAnAnswer) {
  world_.set_greeting("\n");
  Peer peer = world_.connect();
  EXPECT_EQ(peer.receive_now(64), 0U);
  peer.send("hello\n");
  peer.receive_until("\n");
  EXPECT_EQ(peer.received(), "hello\n");
}

TEST_F(GreetingTest, MayComeAfterTheRequestWhereTheTargetIsHeld) {
  world_.set_greeting("\n");
  world_.hold();
  Peer peer = world_.connect();
  peer.send("hello\n");
  world_.release();
  peer.receive_until("\n");
  EXPECT_EQ(peer.received(), "hello\n");
}

TEST_F(GreetingTest, ALoginFollowsIt) {
  world_.set_greeting("\n");
  world_.set_login("login\n", "gin\n");
  Peer peer = world_.connect();
  peer.send("hello\n");
  peer.receive_until("\n");
  EXPECT_EQ(peer.received(), "hello\n");
}

TEST_F(GreetingTest, ALoginDoesNotWaitForItWhereTheTargetIsHeld) {
  world_.set_greeting("\n");
  world_.set_login("login\n", "gin\n");
  world_.hold();
  Peer peer = world_.connect();
  peer.send("hello\n");
  world_.release();
  peer.receive_until("\n");
  EXPECT_EQ(peer.received(), "hello\n");
}

TEST_F(GreetingTest, ALoginMayComeFirst) {
  world_.set_login("login\n", "gin\n");  // the greeting stands before its end
  Peer peer = world_.connect();
  peer.send("hello\n");
  peer.receive_until("\n");
  EXPECT_EQ(peer.received(), "hello\n");
}

// Sends `total` bytes without a line end to each connection, and ends it.
void flood(std::size_t total) {
  const int listener = listen_anywhere(0);
  const std::string piece(1 << 16, 'e');
  while (true) {
    const int connection = ::accept(listener, nullptr, nullptr);
    for (std::size_t sent = 0; sent < total; sent += piece.size()) {
      ::send(connection, piece.data(), piece.size(), MSG_NOSIGNAL);
    }
    ::close(connection);
  }
}

// What a peer throws that waits for a line, as the greeting or as an answer.
std::string complaint_about(std::size_t total, bool is_greeting) {
  Transcript transcript;
  InProcessWorld world(
      {.name = "flood", .serve = [total] { flood(total); }, .stop = {}},
      [](TargetTurn& turn) { return std::make_unique<SimKernel>(turn, std::uint16_t{40000}); },
      transcript);
  if (is_greeting) world.set_greeting("\n");
  try {
    Peer peer = world.connect();
    is_greeting ? peer.receive_greeting() : peer.receive_to_end();
  } catch (const TargetUnavailable& unavailable) {
    return unavailable.what();
  }
  return "none";
}

TEST(Flood, OfAGreetingHasABound) {
  EXPECT_EQ(complaint_about(2 << 20, true), "its greeting has no end: a peer has got 1 MiB of it");
  EXPECT_EQ(complaint_about(1 << 19, true), "none");
}

TEST(Flood, OfAnAnswerHasABound) {
  EXPECT_EQ(complaint_about(80 << 20, false), "its answer has no end: a peer has got 64 MiB of it");
  EXPECT_EQ(complaint_about(1 << 20, false), "none");
}

}  // namespace
}  // namespace e3
