// SPDX-License-Identifier: MIT
// The bug: the end of a request is looked for in what the last read brought, so that a request
// whose "\r\n\r\n" comes in two pieces is never answered.
#include "canary_server.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

namespace e3::fuzz {
namespace {

constexpr std::string_view kAnswer = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok";

class CanaryServer {
 public:
  explicit CanaryServer(std::uint16_t port)
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)), epoll_(::epoll_create1(0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, SOMAXCONN) != 0) {
      throw std::system_error(errno, std::generic_category(), "cannot listen");
    }
    watch(listener_);
  }
  ~CanaryServer() {
    ::close(listener_);
    ::close(epoll_);
  }
  CanaryServer(const CanaryServer&) = delete;
  CanaryServer& operator=(const CanaryServer&) = delete;

  void run() {
    epoll_event event{};
    while (::epoll_wait(epoll_, &event, 1, -1) >= 0 || errno == EINTR) {
      if (event.data.fd != listener_) {
        serve(event.data.fd);
      } else {
        const int accepted = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
        if (accepted >= 0) watch(accepted);
      }
    }
  }

 private:
  void watch(int fd) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  static void serve(int fd) {
    std::array<char, 4096> bytes{};
    const ssize_t count = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EAGAIN) return;
    const std::string_view read(bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    const bool complete = read.find("\r\n\r\n") != read.npos;
    if (count > 0 && !complete) return;
    if (complete) ::send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
    ::close(fd);
  }

  int listener_;
  int epoll_;
};

}  // namespace

void serve_canary(std::uint16_t port) { CanaryServer(port).run(); }

}  // namespace e3::fuzz
