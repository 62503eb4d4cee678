// SPDX-License-Identifier: MIT
// What undisturbed exchanges show by themselves, and what checks then leave alone: servers that
// sleep or stop in them, that work at each tick, or serve so many at once.
#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "harness/checks/catalogue.h"
#include "in_process_world_fixture.h"
#include "run_in_process.h"

namespace e3 {
namespace {

Profile lines() {
  Profile profile;
  profile.name = "lines";
  profile.request = "line\n";
  profile.large_request = "LARGE line\n";
  profile.answer_end = "\n";
  return profile;
}

std::vector<CheckResult> run(const std::function<void()>& serve,
                             const std::vector<const char*>& ids, const Profile& profile = lines(),
                             InProcessEngine engine = InProcessEngine::kSim) {
  std::vector<const Check*> checks;
  checks.reserve(ids.size());
  for (const char* id : ids) checks.push_back(find_check(id));
  return run_in_process(serve, checks, engine, profile).checks;
}

std::string cause_of_first(const CheckResult& result) {
  return result.failures.empty() ? "none" : std::string(result.failures.front().cause);
}

// Answers a line with a byte, or a longer one with a thousand, behind two that count them; keeps
// the connection.
void answer_and_keep(int connection, bool cut) {
  char line[64];
  const ssize_t size = ::recv(connection, line, sizeof line, 0);
  if (size <= 0) {
    ::close(connection);
    return;
  }
  if (line[size - 1] != '\n') return;
  const std::string small("\0\1k", 3);
  const std::string large = "\x03\xe8" + std::string(cut ? 999 : 1000, 'x');
  const std::string& answer = size > 5 ? large : small;
  ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
}

// Either the listener or the connections lack O_NONBLOCK, and are called until EAGAIN.
void serve_until_eagain(int listener_flags, int connection_flags) {
  const int listener = listen_anywhere(listener_flags);
  const int epoll = ::epoll_create1(0);
  watch(epoll, listener);
  epoll_event event{};
  while (::epoll_wait(epoll, &event, 1, -1) == 1) {
    if (event.data.fd == listener) {
      int connection = -1;
      while ((connection = ::accept4(listener, nullptr, nullptr, connection_flags)) >= 0) {
        watch(epoll, connection);
      }
      continue;
    }
    char bytes[64];
    ssize_t size = 0;
    bool complete = false;
    while ((size = ::recv(event.data.fd, bytes, sizeof bytes, 0)) > 0) {
      complete = bytes[size - 1] == '\n';
    }
    if (size == 0) ::close(event.data.fd);
    if (size < 0 && complete) ::send(event.data.fd, "ok\n", 3, MSG_NOSIGNAL);
  }
}

class Undisturbed : public ::testing::TestWithParam<InProcessEngine> {};

TEST_P(Undisturbed, WhoSleepsBesideItsLoopIsToldSoOnce) {
  const std::vector<const char*> ids{"accept.burst", "read.split.every-offset"};
  const auto listener = [] { serve_until_eagain(0, SOCK_NONBLOCK); };
  const auto connection = [] { serve_until_eagain(SOCK_NONBLOCK, 0); };
  const auto seen = run(listener, ids, lines(), GetParam());
  EXPECT_EQ(cause_of_first(seen.at(0)), "blocking-listener");
  EXPECT_EQ(seen.at(0).verdict, Verdict::kTimeout);
  EXPECT_EQ(seen.at(1).verdict, Verdict::kInconclusive);
  EXPECT_EQ(cause_of_first(run(connection, ids, lines(), GetParam()).at(0)), "blocking-conn");
  const auto correct = [] { serve_until_eagain(SOCK_NONBLOCK, SOCK_NONBLOCK); };
  EXPECT_EQ(run(correct, ids, lines(), GetParam()).at(0).verdict, Verdict::kPass);
}

INSTANTIATE_TEST_SUITE_P(Engines, Undisturbed,
                         ::testing::Values(InProcessEngine::kSim, InProcessEngine::kSocketpair),
                         [](const auto& engine) { return std::string(to_string(engine.param)); });

TEST(LargeAnswer, ThatStopsUndisturbedIsToldOnce) {
  const auto serve = [](bool cut) {
    return [cut] { serve_connections_with([cut](int fd) { answer_and_keep(fd, cut); }); };
  };
  Profile profile = lines();
  profile.answer_end.clear();
  profile.answer_length = LengthField{.at = 0, .bytes = 2, .more = 2};
  const std::vector<const char*> ids{"write.slow-reader.successor", "write.slow-reader.stall"};
  const auto seen = run(serve(true), ids, profile);
  EXPECT_EQ(cause_of_first(seen.at(0)), "out-not-armed");
  EXPECT_EQ(seen.at(1).verdict, Verdict::kInconclusive);
  EXPECT_EQ(run(serve(false), ids, profile).at(0).verdict, Verdict::kPass);
}

TEST(LargeAnswer, MayEndOtherwiseThanASmallOne) {
  const auto serve = [] {
    serve_connections_with([](int fd) {
      char line[64];
      const ssize_t size = ::recv(fd, line, sizeof line, 0);
      if (size <= 0) {
        ::close(fd);
      } else if (line[size - 1] == '\n') {
        ::send(fd, size > 5 ? "many" : "ok\n", size > 5 ? 4 : 3, MSG_NOSIGNAL);
      }
    });
  };
  EXPECT_EQ(run(serve, {"write.slow-reader.successor"}).at(0).verdict, Verdict::kPass);
}

TEST(AnswerLength, ThatIsTooShortIsTold) {
  Profile profile = lines();
  profile.answer_end.clear();
  profile.answer_length = LengthField{.at = 0, .bytes = 1, .more = 1};
  const auto serve = [](const char* answer) {
    return [answer] {
      serve_connections_with([answer](int fd) {
        char line[64];
        const ssize_t size = ::recv(fd, line, sizeof line, 0);
        if (size <= 0) {
          ::close(fd);
        } else if (line[size - 1] == '\n') {
          ::send(fd, answer, 6, MSG_NOSIGNAL);
        }
      });
    };
  };
  const auto seen = run(serve("\x04"
                              "abcde"),
                        {"accept.burst"}, profile);
  EXPECT_NE(seen.at(0).reason.find("1 bytes follow the answer"), std::string::npos)
      << seen.at(0).reason;
  EXPECT_EQ(run(serve("\x05"
                      "abcde"),
                {"accept.burst"}, profile)
                .at(0)
                .verdict,
            Verdict::kPass);
}

// Says what it has to say once a second.
void serve_at_ticks() {
  const int listener = listen_anywhere();
  const int epoll = ::epoll_create1(0);
  watch(epoll, listener);
  std::deque<int> waiting;
  epoll_event event{};
  while (true) {
    const int count = ::epoll_wait(epoll, &event, 1, 1000);
    if (count == 0) {
      for (const int fd : waiting) ::send(fd, "ok\n", 3, MSG_NOSIGNAL);
      waiting.clear();
    } else if (event.data.fd == listener) {
      accept_and_watch(epoll, listener);
    } else {
      char bytes[64];
      const ssize_t size = ::recv(event.data.fd, bytes, sizeof bytes, 0);
      if (size <= 0) {
        ::close(event.data.fd);
        std::erase(waiting, event.data.fd);
      } else if (bytes[size - 1] == '\n') {
        waiting.push_back(event.data.fd);
      }
    }
  }
}

TEST(Ticks, AreWaitedFor) {
  for (const CheckResult& result :
       run(serve_at_ticks, {"read.split.every-offset", "accept.burst"})) {
    EXPECT_EQ(result.verdict, Verdict::kPass) << result.id << result.reason;
  }
}

// Ten at once; whoever comes then is told and turned away.
void serve_ten() {
  int open = 0;
  serve_with([&open](int epoll, int listener, const epoll_event& event) {
    if (event.data.fd == listener) {
      const int connection = accept_and_watch(epoll, listener);
      if (connection >= 0 && ++open > 10) {
        ::send(connection, "busy\n", 5, MSG_NOSIGNAL);
        ::close(connection);
        --open;
      }
      return;
    }
    char bytes[64];
    const ssize_t size = ::recv(event.data.fd, bytes, sizeof bytes, 0);
    if (size > 0 && bytes[size - 1] == '\n') ::send(event.data.fd, "ok\n", 3, MSG_NOSIGNAL);
    if (size > 0) return;
    ::close(event.data.fd);
    --open;
  });
}

TEST(LimitOfConnections, IsNoBug) {
  for (const CheckResult& result :
       run(serve_ten, {"accept.burst", "events.full-batch", "events.order", "isolation.interleaved",
                       "isolation.slow-senders"})) {
    const bool shown = result.verdict == Verdict::kPass || result.verdict == Verdict::kSkip ||
                       result.verdict == Verdict::kNotApplicable;
    EXPECT_TRUE(shown) << result.id << " " << cause_of_first(result);
  }
}

}  // namespace
}  // namespace e3
