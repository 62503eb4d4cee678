// SPDX-License-Identifier: MIT
// Targets that compute: for ever, or for long.
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <string>

#include "harness/world/interpose/interpose.h"
#include "harness/world/interpose/real_calls.h"
#include "in_process_world_fixture.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

constexpr auto kLimit = 40ms;

std::chrono::nanoseconds processor_time() {
  timespec now{};
  real::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

void compute_for(std::chrono::nanoseconds duration) {
  const auto end = processor_time() + duration;
  while (processor_time() < end) {
  }
}

class ComputingTest : public InProcessWorldTest {
 protected:
  ComputingTest() {
    sigaction(SIGVTALRM, nullptr, &before_);
    EXPECT_TRUE(interpose::limit_computing(kLimit));
  }
  ~ComputingTest() override {
    const itimerval never{};
    setitimer(ITIMER_VIRTUAL, &never, nullptr);
    sigaction(SIGVTALRM, &before_, nullptr);
  }

 private:
  struct sigaction before_ {};
};

// A server that computes for ever as soon as somebody connects.
void compute_when_called(int /*epoll*/, int /*listener*/, const epoll_event& /*event*/) {
  for (volatile unsigned count = 0;;) count = count + 1;
}

TEST_F(ComputingTest, ForEverIsASpinEachTimeAndSoonerAfterTheFirst) {
  for (const std::string limit : {"40", "8", "8"}) {
    World& world = start([] { serve_with(compute_when_called); });
    const Peer peer = world.connect();
    const Health health = world.health();
    ASSERT_TRUE(health.spin);
    EXPECT_NE(health.spin->find("no call in " + limit + " ms of processor time, the last"),
              std::string::npos)
        << *health.spin;
  }
}

TEST_F(ComputingTest, ForEverBeforeItListensIsNamed) {
  const std::string why = why_not_started([] { compute_when_called(0, 0, {}); });
  EXPECT_NE(why.find("never became ready: no call in"), std::string::npos) << why;
}

TEST_F(ComputingTest, ForLongIsFineWithCallsInBetween) {
  World& world = start([] {
    serve_with([](int epoll, int listener, const epoll_event&) {
      const int connection = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
      for (int i = 0; i < 20; ++i) {
        compute_for(kLimit / 8);
        epoll_event event{};
        ::epoll_wait(epoll, &event, 1, 0);
      }
      ::close(connection);
    });
  });
  Peer peer = world.connect();
  peer.receive_to_end();
  EXPECT_EQ(peer.ending(), Ending::kEof);
  EXPECT_FALSE(world.health().spin);
}

void do_nothing(int /*signal*/) {}

TEST_F(ComputingTest, IsNotLimitedWhereTheSignalIsTaken) {
  std::signal(SIGVTALRM, do_nothing);
  EXPECT_FALSE(interpose::limit_computing(kLimit));
}

}  // namespace
}  // namespace e3
