// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/wait.h"

#include <poll.h>
#include <sched.h>

#include <algorithm>
#include <ctime>

#include "harness/world/interrupt.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds kLongestPause = 2ms;
constexpr std::chrono::nanoseconds kLook = 50ms;

}  // namespace

int Patience::poll_timeout() const {
  const auto left = end_ - std::chrono::steady_clock::now();
  const auto wait = std::clamp<std::chrono::nanoseconds>(left, 0ns, kLook);
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count());
}

void Patience::pause() const {
  throw_if_interrupted();
  pause_uninterrupted();
}

void Patience::pause_uninterrupted() const {
  if (next_pause_ == 0ns) {
    sched_yield();
    next_pause_ = 20us;
    return;
  }
  const timespec pause{.tv_sec = 0, .tv_nsec = next_pause_.count()};
  ppoll(nullptr, 0, &pause, nullptr);
  next_pause_ = std::min(next_pause_ * 2, kLongestPause);
}

bool poll_any(std::span<pollfd> entries, std::chrono::nanoseconds bound) {
  const Patience patience(bound);
  while (::poll(entries.data(), entries.size(), patience.poll_timeout()) <= 0) {
    throw_if_interrupted();
    if (patience.exhausted()) return false;
  }
  return true;
}

}  // namespace e3
