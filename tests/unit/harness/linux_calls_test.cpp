// SPDX-License-Identifier: MIT
// Calls that the simulated kernel answers together with the process around it: real files,
// blocking, signals.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/checks/catalogue.h"
#include "in_process_world_fixture.h"
#include "run_in_process.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

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

// --- Calls that sleep until all is done

class BlockingCalls : public InProcessWorldTest {
 protected:
  // A server that serves one connection with `serve_connection`, and its peer.
  Peer start_with(const std::function<void(int)>& serve_connection) {
    World& world = start_on_sim([serve_connection] {
      const int connection = ::accept(listen_anywhere(0), nullptr, nullptr);
      serve_connection(connection);
      ::close(connection);
    });
    Peer peer = world.connect();
    world.settle();
    return peer;
  }
};

void set_timeout(int fd, int which, time_t seconds) {
  const timeval timeout{.tv_sec = seconds, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, which, &timeout, sizeof timeout);
}

// More than the buffers of both ends.
constexpr std::size_t kTooMuch = 16 << 20;

TEST_F(BlockingCalls, ASendReturnsWhenAllIsTaken) {
  ssize_t sent = 0;
  Peer peer = start_with([&](int connection) {
    std::vector<char> bytes(kTooMuch);
    iovec parts[] = {{bytes.data(), 100}, {bytes.data() + 100, kTooMuch - 100}};
    sent = ::writev(connection, parts, 2);
  });
  EXPECT_EQ(sent, 0);
  peer.receive_to_end();
  EXPECT_EQ(peer.received().size(), kTooMuch);
  EXPECT_EQ(sent, static_cast<ssize_t>(kTooMuch));
}

TEST_F(BlockingCalls, OrWhenItsTimeIsUp) {
  ssize_t sent = 0;
  Peer peer = start_with([&](int connection) {
    const std::vector<char> bytes(kTooMuch);
    set_timeout(connection, SO_SNDTIMEO, 2);
    sent = ::send(connection, bytes.data(), bytes.size(), 0);
  });
  world_->advance(1500ms);
  peer.receive_up_to(kTooMuch / 2);  // no more time for that
  EXPECT_EQ(sent, 0);
  world_->advance(500ms);
  EXPECT_GT(sent, static_cast<ssize_t>(kTooMuch / 2));
  EXPECT_LT(sent, static_cast<ssize_t>(kTooMuch));
}

TEST_F(BlockingCalls, AReceiveOfAllSleepsUntilAllIsThere) {
  std::string peeked(6, '?');
  std::string got(6, '?');
  Peer peer = start_with([&](int connection) {
    ::recv(connection, peeked.data(), 6, MSG_WAITALL | MSG_PEEK);
    ::recv(connection, got.data(), 6, MSG_WAITALL);
  });
  peer.send("ab");
  world_->settle();
  peer.send("cd");
  world_->settle();
  EXPECT_EQ(got, "??????");
  peer.send("ef");
  world_->settle();
  EXPECT_EQ(peeked, "abcdef");
  EXPECT_EQ(got, "abcdef");
}

TEST_F(BlockingCalls, AReceiveOfAllHasWhatThereIsWhenItsTimeIsUp) {
  std::vector<ssize_t> got;
  Peer peer = start_with([&](int connection) {
    std::array<char, 6> bytes{};
    set_timeout(connection, SO_RCVTIMEO, 1);
    got.push_back(::recv(connection, bytes.data(), 6, MSG_WAITALL | MSG_PEEK));
    got.push_back(::recv(connection, bytes.data(), 6, MSG_WAITALL));
    got.push_back(::recv(connection, bytes.data(), 6, MSG_WAITALL));
  });
  peer.send("abc");
  world_->settle();
  EXPECT_EQ(got, std::vector<ssize_t>{});
  world_->advance(10s);
  EXPECT_EQ(got, (std::vector<ssize_t>{3, 3, -1}));
}

TEST_F(BlockingCalls, WhatIsDroppedNeedsNoRoom) {
  std::vector<ssize_t> got;
  Peer peer = start_with([&](int connection) {
    char last = 0;
    got.push_back(::recv(connection, nullptr, 5, MSG_TRUNC));
    got.push_back(::recv(connection, &last, 1, 0));
    got.push_back(last);
  });
  peer.send("abcdef");
  world_->settle();
  EXPECT_EQ(got, (std::vector<ssize_t>{5, 1, 'f'}));
}

TEST_F(BlockingCalls, AnErrorIsLeftToTheNextReceive) {
  std::vector<ssize_t> got;
  int error = 0;
  Peer peer = start_with([&](int connection) {
    std::array<char, 6> bytes{};
    got.push_back(::recv(connection, bytes.data(), 6, MSG_WAITALL));
    got.push_back(::recv(connection, bytes.data(), 6, MSG_WAITALL));
    error = errno;
  });
  peer.send("abc");
  world_->settle();
  peer.reset();
  world_->settle();
  EXPECT_EQ(got, (std::vector<ssize_t>{3, -1}));
  EXPECT_EQ(error, ECONNRESET);
}

TEST_F(BlockingCalls, ALingeringCloseSleepsUntilItsTimeIsUp) {
  int result = -2;
  int again = -2;
  Peer peer = start_with([&](int connection) {
    ::fcntl(connection, F_SETFL, O_NONBLOCK);
    const std::vector<char> bytes(kTooMuch);
    ::send(connection, bytes.data(), bytes.size(), 0);
    const linger two_seconds{.l_onoff = 1, .l_linger = 2};
    ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &two_seconds, sizeof two_seconds);
    result = ::close(connection);
    again = ::fcntl(connection, F_GETFL);
  });
  world_->advance(1s);
  EXPECT_EQ(result, -2);
  world_->advance(1s);
  EXPECT_EQ(result, 0);
  EXPECT_EQ(again, -1);
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

// --- What programs do to files

TEST_F(BlockingCalls, ASocketIsPrintedTo) {
  Peer peer = start_with([&](int connection) { ::dprintf(connection, "HTTP/%d.%d", 1, 0); });
  peer.receive_to_end();
  EXPECT_EQ(peer.received(), "HTTP/1.0");
}

TEST_F(BlockingCalls, ASocketIsNoFile) {
  struct stat status {};
  off_t place = 0;
  int error = 0;
  start_with([&](int connection) {
    ::fstat(connection, &status);
    place = ::lseek(connection, 0, SEEK_CUR);
    error = errno;
  });
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(place, -1);
  EXPECT_EQ(error, ESPIPE);
}

TEST_F(BlockingCalls, NoStreamIsMadeOfASocket) {
  start_with([&](int connection) { ::fdopen(connection, "r+"); });
  EXPECT_NE(world_->health().death.value_or("").find("fdopen"), std::string::npos);
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

// --- Signals

class BrokenPipe : public BlockingCalls {
 protected:
  BrokenPipe() {
    sigaction(SIGPIPE, nullptr, &before_);
    std::signal(SIGPIPE, SIG_DFL);
  }
  ~BrokenPipe() override { sigaction(SIGPIPE, &before_, nullptr); }

  // A server that sends to a peer that is gone, as it likes.
  void send_to_nobody(const std::function<void(int)>& send_in_vain) {
    start_with([&](int connection) {
      ::shutdown(connection, SHUT_WR);
      send_in_vain(connection);
    }).close();
  }

 private:
  struct sigaction before_ {};
};

volatile std::sig_atomic_t handled = 0;
int pipe_to_self = -1;

void on_broken_pipe(int /*signal*/) {
  handled = handled + 1;
  if (::write(pipe_to_self, "!", 1) != 1) std::abort();  // to a simulated one
}

TEST_F(BrokenPipe, RunsTheHandler) {
  handled = 0;
  int result = 0;
  char told = 0;
  send_to_nobody([&](int connection) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    pipe_to_self = ends[1];
    std::signal(SIGPIPE, on_broken_pipe);
    result = static_cast<int>(::send(connection, "x", 1, 0));
    EXPECT_EQ(errno, EPIPE);
    EXPECT_EQ(::read(ends[0], &told, 1), 1);
  });
  EXPECT_EQ(result, -1);
  EXPECT_EQ(handled, 1);
  EXPECT_EQ(told, '!');
}

TEST_F(BrokenPipe, PendsWhereItIsBlocked) {
  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  ssize_t sent = 0;
  int taken = 0;
  send_to_nobody([&](int connection) {
    sigset_t before;
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    sent = ::send(connection, "x", 1, 0);
    const timespec at_once{};
    taken = sigtimedwait(&pipe_signal, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  });
  EXPECT_EQ(sent, -1);
  EXPECT_EQ(taken, SIGPIPE);
  EXPECT_EQ(world_->health().death, std::nullopt);
}

TEST_F(BrokenPipe, EndsATargetThatSendsAFile) {
  const int program = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  send_to_nobody([&](int connection) { ::sendfile(connection, program, nullptr, 1); });
  EXPECT_EQ(world_->health().death, "killed by SIGPIPE in sendfile(conn1)");
  ::close(program);
}

}  // namespace
}  // namespace e3
