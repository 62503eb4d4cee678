// SPDX-License-Identifier: MIT
// A server that works on each request for a while, and ends connections that say nothing for ten
// seconds, is correct.
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/checks/catalogue.h"
#include "in_process_world_fixture.h"
#include "run_in_process.h"

namespace e3 {
namespace {

using Milliseconds = std::int64_t;

constexpr Milliseconds kSilence = 10'000;

Milliseconds now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1'000'000;
}

class LateServer {
 public:
  explicit LateServer(Milliseconds late) : late_(late) {}

  void run() {
    const int listener = listen_anywhere();
    const int epoll = ::epoll_create1(0);
    watch(epoll, listener);
    epoll_event event{};
    while (true) {
      const int count = ::epoll_wait(epoll, &event, 1, milliseconds_to_wait());
      if (count == 1 && event.data.fd == listener) {
        const int connection = accept_and_watch(epoll, listener);
        if (connection >= 0) works_[connection] = {now() + kSilence, false};
      } else if (count == 1) {
        read_line(event.data.fd);
      }
      do_what_is_due();
    }
  }

 private:
  struct Work {
    Milliseconds due;
    bool answers;  // or gives up
  };

  void read_line(int fd) {
    char bytes[64];
    const ssize_t size = ::recv(fd, bytes, sizeof bytes, 0);
    if (size <= 0) {
      works_.erase(fd);
      ::close(fd);
    } else if (bytes[size - 1] == '\n') {
      works_[fd] = {now() + late_, true};
    }
  }

  int milliseconds_to_wait() const {
    Milliseconds next = INT64_MAX;
    for (const auto& [fd, work] : works_) next = std::min(next, work.due);
    return works_.empty() ? -1 : static_cast<int>(std::max<Milliseconds>(0, next - now()));
  }

  void do_what_is_due() {
    const Milliseconds time = now();
    std::erase_if(works_, [time](const auto& each) {
      const auto& [fd, work] = each;
      if (work.due > time) return false;
      if (work.answers) ::send(fd, "done\n", 5, MSG_NOSIGNAL);
      ::close(fd);
      return true;
    });
  }

  Milliseconds late_;
  std::map<int, Work> works_;
};

void expect_all_pass(Milliseconds late) {
  Profile profile;
  profile.name = "late";
  profile.request = "do it\n";
  profile.large_request = profile.request;
  const std::vector<const Check*> checks{find_check("isolation.slow-senders"),
                                         find_check("read.split.every-offset"),
                                         find_check("events.full-batch")};
  const RunResult result =
      run_in_process([late] { LateServer(late).run(); }, checks, InProcessEngine::kSim, profile);
  for (const CheckResult& check : result.checks) {
    EXPECT_EQ(check.verdict, Verdict::kPass) << check.id << ": " << check.reason;
  }
}

TEST(LateAnswers, AreWaitedFor) { expect_all_pass(2500); }

TEST(LateAnswers, OfACrowdAreAskedForAtOnce) { expect_all_pass(300); }

}  // namespace
}  // namespace e3
