// SPDX-License-Identifier: MIT
// Calls that sleep in the simulated kernel until all is done, what programs do to sockets as to
// files, and the signal of a broken pipe.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
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

#include "harness/world/interpose/interpose.h"
#include "in_process_world_fixture.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

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

// --- What programs do to files

TEST_F(BlockingCalls, ASocketIsPrintedTo) {
  Peer peer = start_with([&](int connection) { ::dprintf(connection, "HTTP/%d.%d", 1, 0); });
  peer.receive_to_end();
  EXPECT_EQ(peer.received(), "HTTP/1.0");
}

TEST_F(BlockingCalls, ASocketIsNoFile) {
  struct stat status {};
  std::vector<long> results;
  char byte = 'x';
  iovec part{.iov_base = &byte, .iov_len = 1};
  start_with([&](int connection) {
    ::fstat(connection, &status);
    const auto note = [&](long result) { results.push_back(result < 0 ? -errno : result); };
    note(::lseek(connection, 0, SEEK_CUR));
    note(::pread(connection, &byte, 1, 0));
    note(::pwrite(connection, &byte, 1, 0));
    note(::preadv(connection, &part, 1, 0));
    note(::pwritev(connection, &part, 1, 0));
  });
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(results, std::vector<long>(5, -ESPIPE));
}

TEST_F(BlockingCalls, NoStreamIsMadeOfASocket) {
  start_with([&](int connection) { ::fdopen(connection, "r+"); });
  EXPECT_NE(world_->health().death.value_or("").find("fdopen"), std::string::npos);
}

TEST_F(BlockingCalls, ControlMessagesDoNotGetLost) {
  start_with([&](int connection) {
    std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ::sendmsg(connection, &message, 0);
  });
  EXPECT_NE(world_->health().death.value_or("").find("control messages"), std::string::npos);
}

TEST_F(BlockingCalls, AMomentBeforeTheAnswerIsNoSilence) {
  for (const auto& [moment, answer] : {std::pair{5, "late"}, std::pair{5000, ""}}) {
    Peer peer = start_with([moment = moment](int connection) {
      ::usleep(static_cast<useconds_t>(moment) * 1000);
      ::send(connection, "late", 4, MSG_NOSIGNAL);
    });
    peer.receive(4);
    EXPECT_EQ(peer.received(), answer) << moment << " ms";
  }
}

// --- Ends

TEST_F(BlockingCalls, ATargetThatCallsExitFails) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        interpose::fail_at_exit();
        start_with([](int) { std::exit(0); });
      },
      testing::ExitedWithCode(1), "has called exit");
}

TEST_F(BlockingCalls, ATargetThatIsKilledIsNamed) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        interpose::tell_of_deaths();
        interpose::now_running("some.check");
        start_with([](int) { std::abort(); });
      },
      testing::KilledBySignal(SIGABRT), "SIGABRT has ended the server under test.*in some.check");
}

TEST_F(BlockingCalls, AnAnswerWithoutEndIsNotWaitedFor) {
  Peer peer = start_with([](int connection) {
    const std::vector<char> bytes(1 << 20);
    while (::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) continue;
  });
  EXPECT_THROW(peer.receive_to_end(), TargetUnavailable);
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

TEST_F(BrokenPipe, IsNotMetByWhoCannotReadTheFile) {
  const int folder = ::open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int error = 0;
  send_to_nobody([&](int connection) {
    if (::sendfile(connection, folder, nullptr, 1) < 0) error = errno;
  });
  EXPECT_EQ(error, EISDIR);
  ::close(folder);
}

TEST_F(BrokenPipe, EndsATargetThatSendsAFile) {
  const int program = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  send_to_nobody([&](int connection) { ::sendfile(connection, program, nullptr, 1); });
  EXPECT_EQ(world_->health().death, "killed by SIGPIPE in sendfile(conn1)");
  ::close(program);
}

}  // namespace
}  // namespace e3
