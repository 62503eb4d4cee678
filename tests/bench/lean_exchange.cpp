// SPDX-License-Identifier: MIT
#include "lean_exchange.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace e3::bench {
namespace {

constexpr std::string_view kAnswer =
    "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\ne3";

std::size_t request_size() {
  std::size_t size = 0;
  for (const std::string_view fragment : kFragments) size += fragment.size();
  return size;
}

// Accepts, reads to the end of the request, answers, reads the end, closes.
class LeanServer {
 public:
  explicit LeanServer(int wait_milliseconds) : wait_milliseconds_(wait_milliseconds) {}
  ~LeanServer() {
    ::close(listener_);
    ::close(epoll_);
  }

  void run() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener_, 4096);
    epoll_ = ::epoll_create1(0);
    watch(listener_);
    std::array<epoll_event, 64> events{};
    while (!stopped) {
      const int count = ::epoll_wait(epoll_, events.data(), 64, wait_milliseconds_);
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        fd == listener_ ? accept() : serve(fd);
      }
    }
  }

  static inline bool stopped = false;

 private:
  void watch(int fd) {
    epoll_event event{.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data = {.fd = fd}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void accept() {
    for (int fd; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      received_ = 0;
      watch(fd);
    }
  }

  void serve(int fd) {
    std::array<char, 4096> buffer;
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) {
      ::close(fd);
      return;
    }
    received_ += static_cast<std::size_t>(got);
    if (received_ == request_size()) ::send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
  }

  int wait_milliseconds_;
  int listener_ = -1;
  int epoll_ = -1;
  std::size_t received_ = 0;
};

}  // namespace

InProcessTarget lean_server(int wait_milliseconds) {
  return {.name = "lean server",
          .serve =
              [=] {
                LeanServer::stopped = false;
                LeanServer(wait_milliseconds).run();
              },
          .stop = [] { LeanServer::stopped = true; }};
}

InProcessTarget restarting_server() {
  static bool ended;
  return {.name = "restarting server",
          .serve =
              [] {
                for (ended = false; !ended;) {
                  LeanServer::stopped = false;
                  LeanServer(-1).run();
                }
              },
          .stop = [] { ended = LeanServer::stopped = true; }};
}

bool exchange(World& world, Afterwards afterwards) {
  Peer peer = world.connect();
  for (const std::string_view fragment : kFragments) {
    peer.send(fragment);
    world.settle();
  }
  peer.receive(4096);
  const bool right = peer.received().ends_with(kAnswerEnd);
  LeanServer::stopped = afterwards == Afterwards::kServerEnds;
  peer.close();
  world.settle();
  return right;
}

}  // namespace e3::bench
