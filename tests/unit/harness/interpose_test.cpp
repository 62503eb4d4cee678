// SPDX-License-Identifier: MIT
#include "harness/world/interpose/interpose.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <string>

#include "harness/world/interpose/real_calls.h"

extern "C" ssize_t __read_chk(int fd, void* buffer, size_t size, size_t room);  // NOLINT

namespace e3 {
namespace {

// The names resolve to this program, not to libc or a sanitizer: a table row without a definition
// would let the target slip out of the harness.
TEST(Interpose, EachCallInTheTableIsDefinedByTheHarness) {
  Dl_info own{};
  ASSERT_NE(dladdr(reinterpret_cast<void*>(&interpose::answer_with), &own), 0);
  for (const std::string_view name : interpose::call_names()) {
    void* symbol = dlsym(RTLD_DEFAULT, std::string(name).c_str());
    Dl_info found{};
    ASSERT_NE(dladdr(symbol, &found), 0) << name;
    EXPECT_STREQ(found.dli_fname, own.dli_fname) << name;
  }
}

TEST(Interpose, WithoutATargetTheRealKernelAnswers) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  EXPECT_EQ(::send(ends[0], "abc", 3, MSG_NOSIGNAL), 3);
  std::array<char, 8> buffer{};
  EXPECT_EQ(::recv(ends[1], buffer.data(), buffer.size(), 0), 3);
  EXPECT_EQ(std::string_view(buffer.data(), 3), "abc");
  EXPECT_EQ(::read(ends[1], buffer.data(), buffer.size()), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(__read_chk(ends[1], buffer.data(), buffer.size(), buffer.size()), -1);
  EXPECT_EQ(::close(ends[0]), 0);
  EXPECT_EQ(::close(ends[1]), 0);
  EXPECT_EQ(::close(-1), -1);
  EXPECT_EQ(errno, EBADF);
}

TEST(Interpose, WithoutATargetTimeIsReal) {
  timespec interposed{};
  timespec real{};
  ASSERT_EQ(::clock_gettime(CLOCK_MONOTONIC, &interposed), 0);
  ASSERT_EQ(real::clock_gettime(CLOCK_MONOTONIC, &real), 0);
  EXPECT_LE(real.tv_sec - interposed.tv_sec, 5);
  EXPECT_LE(std::abs(::time(nullptr) - real::time(nullptr)), 5);
}

TEST(InterposeDeathTest, AFortifiedCallAbortsOnAnOverlongRequest) {
  std::array<char, 4> buffer{};
  EXPECT_DEATH(__read_chk(0, buffer.data(), 5, buffer.size()), "");
}

}  // namespace
}  // namespace e3
