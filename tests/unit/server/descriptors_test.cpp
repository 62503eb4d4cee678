// SPDX-License-Identifier: MIT
// The server's descriptors themselves: their numbers, their flags, and calls on them that break it.
#include <sys/resource.h>

#include <set>
#include <system_error>

#include "scripted_calls.h"
#include "server_fixture.h"
#include "tcp_client.h"

namespace e3::server {
namespace {

class DescriptorsTest : public ServerTest {
 protected:
  DescriptorsTest() {
    scripted_calls() = ScriptedCalls{};
    scripted_calls().is_active = true;
    start(Protocol::kEcho);
  }
  ~DescriptorsTest() override { scripted_calls() = ScriptedCalls{}; }
};

TEST_F(DescriptorsTest, NoneIsInheritedByAProgramThatIsStarted) {
  server_ = nullptr;
  const std::set<int> before = open_descriptors();
  start(Protocol::kEcho);
  const std::uint16_t port = server_->listen("127.0.0.1", 0);
  const Client client(connect_to(port));
  settle();
  std::set<int> added = open_descriptors();
  for (const int fd : before) added.erase(fd);
  ASSERT_EQ(added.size(), 5U) << "epoll, its wake-up, the listener, and the client's two ends";
  for (const int fd : added) EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0) << fd;
}

TEST_F(DescriptorsTest, MayHaveLargeNumbers) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit before = limit;
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  for (const int number : {1023, 1024, 4000}) {
    int ends[2] = {-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const int large = ::fcntl(ends[0], F_DUPFD_CLOEXEC, number);
    ASSERT_GE(large, number) << "the hard limit of descriptors is too low for this test";
    ::close(ends[0]);
    server_->adopt(large);
    Client client{Descriptor(ends[1])};
    client.send("hello");
    settle();
    EXPECT_EQ(client.receive(), "hello");
    client.end_input();
    settle();
    EXPECT_TRUE(client.has_ended());
    EXPECT_LT(::fcntl(large, F_GETFD), 0) << "closed";
  }
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST_F(DescriptorsTest, AnUnusableEpollInstanceEndsTheServerInsteadOfSpinning) {
  for (const int error : {EBADF, EINVAL}) {
    scripted_calls().epoll_wait_errors = {error};
    EXPECT_THROW(server_->run(), std::system_error);
  }
}

TEST_F(DescriptorsTest, AnUnusableListenerEndsTheServer) {
  const std::uint16_t port = server_->listen("127.0.0.1", 0);
  const Client client(connect_to(port));
  scripted_calls().accept_errors = {EBADF};
  EXPECT_THROW(server_->run(), std::system_error);
}

TEST_F(DescriptorsTest, ASendThatTakesNothingWaitsForRoom) {
  Client client = connect();
  scripted_calls().empty_sends = 1;
  client.send("hello");
  settle();
  EXPECT_EQ(scripted_calls().empty_sends, 0);
  EXPECT_EQ(client.receive(), "hello");
}

}  // namespace
}  // namespace e3::server
