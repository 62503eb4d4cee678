// SPDX-License-Identifier: MIT
// Small servers in a world of their own.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "harness/world/engines/in_process_world.h"
#include "harness/world/engines/sim/sim_kernel.h"
#include "harness/world/engines/socketpair/socketpair_kernel.h"

namespace e3 {

inline int listen_anywhere(int flags = SOCK_NONBLOCK) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | flags, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  const bool listens =
      ::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(listener, 16) == 0;
  return listens ? listener : -1;
}

inline void watch(int epoll, int fd) {
  epoll_event readable{.events = EPOLLIN, .data = {.fd = fd}};
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &readable);
}

// The new connection, or -1.
inline int accept_and_watch(int epoll, int listener) {
  const int connection = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
  if (connection >= 0) watch(epoll, connection);
  return connection;
}

// Answers a line with "yes" and closes, or waits for the rest of it. Returns what recv() did.
inline ssize_t answer_line(int connection) {
  char line[64];
  const ssize_t size = ::recv(connection, line, sizeof line, 0);
  if (size > 0 && line[size - 1] != '\n') return size;
  if (size > 0) ::send(connection, "yes\n", 4, MSG_NOSIGNAL);
  ::close(connection);
  return size;
}

// A server whose loop handles one event at a time with the given function.
inline void serve_with(
    const std::function<void(int epoll, int listener, const epoll_event&)>& handle) {
  const int listener = listen_anywhere();
  const int epoll = ::epoll_create1(0);
  watch(epoll, listener);
  epoll_event event{};
  while (::epoll_wait(epoll, &event, 1, -1) == 1) handle(epoll, listener, event);
}

// The same, which takes each connection as it comes and handles those that are ready.
inline void serve_connections_with(const std::function<void(int connection)>& handle) {
  serve_with([&handle](int epoll, int listener, const epoll_event& event) {
    if (event.data.fd == listener) {
      accept_and_watch(epoll, listener);
    } else {
      handle(event.data.fd);
    }
  });
}

class InProcessWorldTest : public ::testing::Test {
 protected:
  InProcessWorld& start(std::function<void()> serve) {
    world_ = std::make_unique<InProcessWorld>(
        InProcessTarget{.name = "test server", .serve = std::move(serve), .stop = {}},
        [](TargetTurn& turn) { return std::make_unique<SocketpairKernel>(turn, 40000); },
        transcript_);
    return *world_;
  }

  // On the simulated kernel: the server does as it is told, and then waits at a listener.
  InProcessWorld& start_on_sim(std::function<void()> act,
                               int descriptor_limit = SimKernel::kDescriptorLimit) {
    world_ = std::make_unique<InProcessWorld>(
        InProcessTarget{.name = "test server",
                        .serve =
                            [act = std::move(act)] {
                              act();
                              ::accept(listen_anywhere(0), nullptr, nullptr);
                            },
                        .stop = {}},
        [descriptor_limit](TargetTurn& turn) {
          return std::make_unique<SimKernel>(turn, std::uint16_t{40000}, descriptor_limit);
        },
        transcript_);
    return *world_;
  }

  std::string why_not_started(std::function<void()> serve) {
    try {
      start(std::move(serve));
    } catch (const TargetUnavailable& unavailable) {
      return unavailable.what();
    }
    return "started";
  }

  Transcript transcript_;
  std::unique_ptr<InProcessWorld> world_;
};

}  // namespace e3
