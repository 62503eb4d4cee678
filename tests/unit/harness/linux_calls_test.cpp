// SPDX-License-Identifier: MIT
// Calls that the simulated kernel answers together with the process around it: real files and the
// numbers of descriptors.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/checks/catalogue.h"
#include "in_process_world_fixture.h"
#include "run_in_process.h"

namespace e3 {
namespace {

using LinuxCalls = InProcessWorldTest;

int any_socket() { return ::socket(AF_INET, SOCK_STREAM, 0); }
int null_device() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

// Servers keep a spare file for the day on which they have no descriptors left: they close it,
// accept, turn the client away, and open it again.
TEST_F(LinuxCalls, TheNumberOfAClosedRealFileIsFree) {
  const int spare = null_device();
  std::vector<int> numbers;
  start_on_sim(
      [&] {
        while (any_socket() >= 0) continue;
        EXPECT_EQ(errno, EMFILE);
        for (int round = 0; round < 2; ++round) {
          ::close(spare);
          const int last = any_socket();
          numbers.push_back(last);
          EXPECT_EQ(any_socket(), -1);
          ::close(last);
          numbers.push_back(null_device());
          EXPECT_EQ(any_socket(), -1);
        }
        ::close(spare - 1);  // a socket: the server needs one to wait at
      },
      spare + 1);
  EXPECT_EQ(numbers, std::vector<int>(4, spare));
  ::close(spare);
}

// Takes what ends in a line's end for a request.
void answer_or_close(int connection) {
  constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  std::array<char, 4096> bytes{};
  const ssize_t got = ::read(connection, bytes.data(), bytes.size());
  if (got <= 0) {
    ::close(connection);
  } else if (bytes.at(static_cast<std::size_t>(got) - 1) == '\n') {
    ::send(connection, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
  }
}

void serve_with_a_spare() {
  int spare = null_device();
  serve_with([&spare](int epoll, int listener, const epoll_event& event) {
    if (event.data.fd != listener) {
      answer_or_close(event.data.fd);
      return;
    }
    const int accepted = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    if (accepted >= 0) {
      epoll_event interest{.events = EPOLLIN, .data = {.fd = accepted}};
      ::epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &interest);
    } else if (errno == EMFILE) {
      ::close(spare);
      for (int away = 0; (away = ::accept(listener, nullptr, nullptr)) >= 0;) ::close(away);
      spare = null_device();
    }
  });
}

TEST(LinuxCallsCheck, AServerWithASpareDescriptorPasses) {
  const RunResult result =
      run_in_process(serve_with_a_spare, {find_check("accept.error.out-of-descriptors")});
  ASSERT_EQ(result.checks.size(), 1U);
  EXPECT_EQ(result.checks.front().verdict, Verdict::kPass) << result.checks.front().reason;
}

TEST_F(LinuxCalls, AClosedRealFileEndsALackOfDescriptors) {
  int accepted_without = 0;
  int accepted_with = 0;
  World& world = start([&] {
    int spare = null_device();
    serve_with([&](int /*epoll*/, int listener, const epoll_event& /*event*/) {
      if (::accept(listener, nullptr, nullptr) >= 0) return;
      ++accepted_without;
      ::close(spare);
      accepted_with += ::accept(listener, nullptr, nullptr) >= 0 ? 1 : 0;
      spare = null_device();
    });
  });
  const Peer first = world.connect();
  world.settle();
  world.inject(*parse_fault("accept listener EMFILE"));
  const Peer second = world.connect();
  world.settle();
  EXPECT_EQ(accepted_without, 1);
  EXPECT_EQ(accepted_with, 1);
}

// --- Numbers

// A file is opened in between, whose number must not be one that the simulation has taken back.
TEST_F(LinuxCalls, AClosedNumberIsNoDescriptor) {
  std::vector<std::string> wrong;
  start_on_sim([&] {
    const int fd = any_socket();
    const int epoll = ::epoll_create1(0);
    ::close(fd);
    ::close(epoll);
    char byte = 0;
    epoll_event event{};
    const auto expect_bad = [&](const char* call, long result) {
      if (result != -1 || errno != EBADF) wrong.emplace_back(call);
      errno = 0;
    };
    expect_bad("read", ::read(fd, &byte, 1));
    expect_bad("write", ::write(fd, &byte, 1));
    expect_bad("send", ::send(fd, &byte, 1, 0));
    expect_bad("fcntl", ::fcntl(fd, F_GETFL));
    expect_bad("dup", ::dup(fd));
    expect_bad("shutdown", ::shutdown(fd, SHUT_WR));
    expect_bad("accept", ::accept(fd, nullptr, nullptr));
    expect_bad("epoll_wait", ::epoll_wait(epoll, &event, 1, 0));
    expect_bad("epoll_ctl", ::epoll_ctl(epoll, EPOLL_CTL_ADD, any_socket(), &event));
    expect_bad("dup2", ::dup2(epoll, 300));
  });
  EXPECT_EQ(wrong, std::vector<std::string>{});
}

TEST_F(LinuxCalls, ADuplicateGetsTheNumberThatWasAskedFor) {
  std::vector<int> numbers;
  start_on_sim([&] {
    const int fd = any_socket();
    for (const int wanted : {300, 300, 1024}) {
      numbers.push_back(::fcntl(fd, F_DUPFD, wanted));
    }
    EXPECT_EQ(errno, EINVAL);
  });
  EXPECT_EQ(numbers, (std::vector<int>{300, 301, -1}));
}

// --- Real files in waits

TEST_F(LinuxCalls, PollAsksTheRealKernelAboutRealFiles) {
  std::array<pollfd, 4> entries{};
  int ready = -1;
  int regular_file = 0;
  start_on_sim([&] {
    const int datagrams = ::socket(AF_INET, SOCK_DGRAM, 0);
    const int listener = listen_anywhere();
    entries = {{{.fd = datagrams, .events = POLLIN | POLLOUT, .revents = 0},
                {.fd = null_device(), .events = POLLIN, .revents = 0},
                {.fd = listener, .events = POLLIN, .revents = 0},
                {.fd = -1, .events = POLLIN, .revents = 9}}};
    ready = ::poll(entries.data(), entries.size(), -1);
    epoll_event event{};
    const int program = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    regular_file = ::epoll_ctl(::epoll_create1(0), EPOLL_CTL_ADD, program, &event);
    EXPECT_EQ(errno, EPERM);
    ::close(program);
    ::close(entries[0].fd);
    ::close(entries[1].fd);
  });
  EXPECT_EQ(ready, 2);
  EXPECT_EQ(entries[0].revents, POLLOUT);
  EXPECT_EQ(entries[1].revents, POLLIN);
  EXPECT_EQ(entries[2].revents, 0);
  EXPECT_EQ(entries[3].revents, 0);
  EXPECT_EQ(regular_file, -1);
}

}  // namespace
}  // namespace e3
