// SPDX-License-Identifier: MIT
// A server in this process, stepped by hand, and clients at the other ends of its socketpairs.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "e3/server/descriptor.h"
#include "e3/server/server.h"

namespace e3::server {

// A client's end. No call blocks, and none is one that a test scripts for the server
// (scripted_calls.h).
class Client {
 public:
  explicit Client(Descriptor socket) : socket_(std::move(socket)) {}

  void send(std::string_view bytes) {
    ASSERT_EQ(::sendto(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT, nullptr, 0),
              static_cast<ssize_t>(bytes.size()));
  }
  // As much as the sockets take.
  std::size_t send_some(std::string_view bytes) {
    const ssize_t sent =
        ::sendto(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT, nullptr, 0);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  void end_input() { ASSERT_EQ(::shutdown(fd(), SHUT_WR), 0); }
  void close() { socket_.reset(); }

  // Everything that has arrived, or the first `limit` bytes of it.
  std::string receive(std::size_t limit = std::string::npos) {
    std::string received;
    while (received.size() < limit) {
      char buffer[4096];
      const std::size_t size = std::min(sizeof buffer, limit - received.size());
      const ssize_t count = ::recvfrom(fd(), buffer, size, MSG_DONTWAIT, nullptr, nullptr);
      if (count <= 0) break;
      received.append(buffer, static_cast<std::size_t>(count));
    }
    return received;
  }
  // True when all output has been received and the server has ended its side.
  bool has_ended() {
    char next = 0;
    return ::recvfrom(fd(), &next, 1, MSG_DONTWAIT | MSG_PEEK, nullptr, nullptr) == 0;
  }
  int fd() const { return socket_.get(); }

 private:
  Descriptor socket_;
};

inline std::set<int> open_descriptors() {
  std::set<int> open;
  for (int fd = 0; fd != 1024; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) open.insert(fd);
  }
  return open;
}
inline std::size_t count_open_descriptors() { return open_descriptors().size(); }

class ServerTest : public ::testing::Test {
 protected:
  void start(Options options) { server_ = std::make_unique<Server>(std::move(options)); }
  void start(Protocol protocol) {
    Options options;
    options.protocol = protocol;
    options.fixed_date = "d";
    start(std::move(options));
  }

  Client connect() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    server_->adopt(ends[0]);
    return Client(Descriptor(ends[1]));
  }

  // Lets the server run until it has nothing to do; a server that never rests fails here.
  void settle() {
    for (int turn = 0; turn != 10'000; ++turn) {
      if (server_->run_once(std::chrono::milliseconds(0)) == 0) return;
    }
    FAIL() << "the server spins";
  }

  std::unique_ptr<Server> server_;
};

}  // namespace e3::server
