// SPDX-License-Identifier: MIT
// Times that no kernel takes are refused by the simulated one as by the running one, and the
// longest there are do not pass.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <ctime>
#include <limits>
#include <vector>

#include "in_process_world_fixture.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

// None of them is slept for: they are over at once, or no times.
constexpr timespec kTimes[] = {{0, 0}, {-1, 0}, {0, -1}, {0, 1'000'000'000}, {-1, 999'999'999}};

void note(std::vector<long>& results, long result) {
  results.push_back(result < 0 ? -errno : result);
}

std::vector<long> what_the_kernel_says() {
  std::vector<long> results;
  for (const timespec& time : kTimes) {
    note(results, ::ppoll(nullptr, 0, &time, nullptr));
    note(results, ::pselect(0, nullptr, nullptr, nullptr, &time, nullptr));
    note(results, ::nanosleep(&time, nullptr));
    note(results, ::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr));
    const int epoll = ::epoll_create1(0);
    epoll_event event{};
    note(results, ::epoll_pwait2(epoll, &event, 1, &time, nullptr));
    ::close(epoll);
  }
  for (timeval time : {timeval{0, 0}, timeval{-1, 0}, timeval{0, -1}}) {
    note(results, ::select(0, nullptr, nullptr, nullptr, &time));
  }
  return results;
}

class TimeValue : public InProcessWorldTest {};

TEST_F(TimeValue, IsTakenAsTheRunningKernelTakesIt) {
  std::vector<long> simulated;
  start_on_sim([&] { simulated = what_the_kernel_says(); });
  EXPECT_EQ(simulated, what_the_kernel_says());
}

TEST_F(TimeValue, ForEverIsLongerThanADay) {
  int over = 0;
  World& world = start_on_sim([&] {
    constexpr timespec kForEver{std::numeric_limits<time_t>::max(), 0};
    listen_anywhere();  // or the world would not wait for it
    timeval for_ever{std::numeric_limits<time_t>::max(), std::numeric_limits<suseconds_t>::max()};
    over += ::select(0, nullptr, nullptr, nullptr, &for_ever) == 0 ? 1 : 0;
    over += ::ppoll(nullptr, 0, &kForEver, nullptr) == 0 ? 1 : 0;
  });
  world.advance(24h);
  EXPECT_EQ(over, 0);
}

}  // namespace
}  // namespace e3
