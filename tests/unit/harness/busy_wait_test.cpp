// SPDX-License-Identifier: MIT
// A server whose time-outs are whole milliseconds, rounded down, asks the clock for the rest. That
// is a bug which time.silent shows, and no reason to see nothing else.
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

#include "harness/checks/catalogue.h"
#include "in_process_world_fixture.h"
#include "run_in_process.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kTimeOut = 1500us;

// Answers lines, and closes silent connections.
class PatientServer {
 public:
  explicit PatientServer(bool rounds_down) : rounds_down_(rounds_down) {}

  void run() {
    const int listener = listen_anywhere();
    const int epoll = ::epoll_create1(0);
    watch(epoll, listener);
    while (true) {
      epoll_event event{};
      const int ready = ::epoll_wait(epoll, &event, 1, close_overdue());
      if (ready != 1) continue;
      if (event.data.fd == listener) {
        due_[accept_and_watch(epoll, listener)] = Clock::now() + kTimeOut;
      } else {
        due_.erase(event.data.fd);
        answer_line(event.data.fd);
      }
    }
  }

 private:
  // Returns how long to wait for the next.
  int close_overdue() {
    const auto now = Clock::now();
    auto wait = Clock::duration::max();
    for (auto each = due_.begin(); each != due_.end();) {
      if (each->second > now) {
        wait = std::min(wait, (each++)->second - now);
      } else {
        ::close(each->first);
        each = due_.erase(each);
      }
    }
    if (due_.empty()) return -1;
    const auto down = std::chrono::floor<std::chrono::milliseconds>(wait);
    const auto up = std::chrono::ceil<std::chrono::milliseconds>(wait);
    return static_cast<int>((rounds_down_ ? down : up).count());
  }

  bool rounds_down_;
  std::map<int, Clock::time_point> due_;
};

// "passes", or the cause.
std::string outcome(bool rounds_down, std::string_view check) {
  Profile profile;
  profile.name = "lines";
  profile.request = "line\n";
  profile.large_request = profile.request;
  const RunResult result = run_in_process([=] { PatientServer(rounds_down).run(); },
                                          {find_check(check)}, InProcessEngine::kSim, profile);
  const CheckResult& only = result.checks.at(0);
  if (only.verdict == Verdict::kPass) return "passes";
  return only.failures.empty() ? only.reason : std::string(only.failures.front().cause);
}

TEST(BusyWait, IsShownByTimeSilent) {
  EXPECT_EQ(outcome(false, "time.silent"), "passes");
  EXPECT_EQ(outcome(true, "time.silent"), "timeout-round-down-spin");
}

TEST(BusyWait, IsNoSpinElsewhere) {
  EXPECT_EQ(outcome(true, "close.hangup.end-at-once"), "passes");
  EXPECT_EQ(outcome(true, "accept.burst"), "passes");
}

}  // namespace
}  // namespace e3
