// SPDX-License-Identifier: MIT
// select(2) on the simulated kernel says what it says on the running one, descriptor by descriptor
// and set by set.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/world/engines/in_process_world.h"
#include "harness/world/engines/sim/sim_kernel.h"

namespace e3 {
namespace {

using Lines = std::vector<std::string>;

enum Sets : unsigned { kReadable = 1, kWritable = 2, kUrgent = 4, kAll = 7 };

// One line: what was asked, the answer, and what was left of the time when nothing was ready.
std::string asked(std::string_view state, int fd, unsigned wanted) {
  std::array<fd_set, 3> sets;
  for (unsigned i = 0; i < sets.size(); ++i) {
    FD_ZERO(&sets[i]);
    if ((wanted >> i & 1U) != 0) FD_SET(fd, &sets[i]);
  }
  timeval left{.tv_sec = 0, .tv_usec = 1000};
  errno = 0;
  const int ready = ::select(fd + 1, sets.data(), &sets[1], &sets[2], &left);
  std::string line =
      std::string(state) + ", asked for " + std::to_string(wanted) + ": " + std::to_string(ready);
  if (ready < 0) return line + " errno " + std::to_string(errno);
  if (ready == 0) line += " left " + std::to_string(left.tv_sec * 1'000'000 + left.tv_usec);
  for (const fd_set& set : sets) line += FD_ISSET(fd, &set) ? " yes" : " no";
  return line;
}

void ask_for_all(Lines& lines, std::string_view state, int fd) {
  for (unsigned wanted = 1; wanted <= kAll; ++wanted) lines.push_back(asked(state, fd, wanted));
}

std::array<int, 2> stream_pair() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  return ends;
}

std::array<int, 2> pipe_pair() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_NONBLOCK), 0);
  return ends;
}

void fill(int fd) {
  const std::string bytes(65536, 'x');
  while (::write(fd, bytes.data(), bytes.size()) > 0) {
  }
}

void ask_about_sockets(Lines& lines) {
  const auto ends = stream_pair();
  ask_for_all(lines, "quiet socket", ends[0]);
  EXPECT_EQ(::write(ends[1], "x", 1), 1);
  ask_for_all(lines, "socket with a byte", ends[0]);
  fill(ends[0]);
  ask_for_all(lines, "full socket", ends[0]);
  ::shutdown(ends[1], SHUT_WR);
  ask_for_all(lines, "half-closed socket", ends[0]);
  ::close(ends[1]);
  ask_for_all(lines, "hung-up socket", ends[0]);
  ::close(ends[0]);
  ask_for_all(lines, "closed socket", ends[0]);
}

void ask_about_pipes(Lines& lines) {
  const auto ends = pipe_pair();
  ask_for_all(lines, "quiet pipe", ends[0]);
  ask_for_all(lines, "empty pipe", ends[1]);
  ::close(ends[1]);
  ask_for_all(lines, "pipe without a writer", ends[0]);
  ::close(ends[0]);
  const auto others = pipe_pair();
  ::close(others[0]);
  ask_for_all(lines, "pipe without a reader", others[1]);
  ::close(others[1]);
}

Lines what_select_says() {
  Lines lines;
  ask_about_sockets(lines);
  ask_about_pipes(lines);
  return lines;
}

Lines on_the_simulated_kernel() {
  Lines lines;
  Transcript transcript;
  const auto serve = [&lines] {
    ::listen(::socket(AF_INET, SOCK_STREAM, 0), 1);  // or the world would not wait for it
    lines = what_select_says();
  };
  InProcessWorld world(
      {.name = "asks", .serve = serve, .stop = {}},
      [](TargetTurn& turn) { return std::make_unique<SimKernel>(turn, std::uint16_t{40000}); },
      transcript);
  world.advance(std::chrono::seconds(1));
  return lines;
}

TEST(Select, SaysWhatTheRunningKernelSays) {
  const Lines simulated = on_the_simulated_kernel();
  const Lines real = what_select_says();
  ASSERT_EQ(simulated.size(), real.size());
  for (std::size_t i = 0; i < real.size(); ++i) EXPECT_EQ(simulated[i], real[i]);
}

}  // namespace
}  // namespace e3
