// SPDX-License-Identifier: MIT
// The bug: the end of a request is looked for in what the last read brought, so that a request
// whose "\r\n\r\n" comes in two pieces is never answered. It has no other, whichever call fails: a
// fuzzer would find that one first.
#include "canary_server.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <string_view>
#include <system_error>

namespace e3::fuzz {
namespace {

constexpr std::string_view kAnswer = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr int kPauseMilliseconds = 100;

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
    if (!control(EPOLL_CTL_ADD, listener_, EPOLLIN)) {
      throw std::system_error(errno, std::generic_category(), "cannot watch the listener");
    }
  }
  ~CanaryServer() {
    ::close(listener_);
    ::close(epoll_);
  }
  CanaryServer(const CanaryServer&) = delete;
  CanaryServer& operator=(const CanaryServer&) = delete;

  void run() {
    epoll_event event{};
    while (true) {
      const int count = ::epoll_wait(epoll_, &event, 1, is_paused_ ? kPauseMilliseconds : -1);
      if (count < 0 && errno != EINTR) return;
      if (count == 0 && control(EPOLL_CTL_MOD, listener_, EPOLLIN)) is_paused_ = false;
      if (count < 1) continue;
      if (event.data.fd == listener_) {
        accept();
      } else if (sent_.contains(event.data.fd) || read_request(event.data.fd)) {
        send_answer(event.data.fd);
      }
    }
  }

 private:
  bool control(int operation, int fd, std::uint32_t events) const {
    epoll_event event{.events = events, .data = {.fd = fd}};
    return ::epoll_ctl(epoll_, operation, fd, &event) == 0;
  }

  void accept() {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (fd >= 0) {
      if (!control(EPOLL_CTL_ADD, fd, EPOLLIN)) ::close(fd);
    } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
      // No descriptor is left, yet somebody waits: that would wake it again at once.
      is_paused_ = control(EPOLL_CTL_MOD, listener_, 0);
    }
  }

  // Whether there is something to answer.
  static bool read_request(int fd) {
    std::array<char, 4096> bytes{};
    const ssize_t count = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    const std::string_view read(bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    if (count <= 0) ::close(fd);
    return read.find("\r\n\r\n") != read.npos;
  }

  void send_answer(int fd) {
    std::size_t& sent = sent_[fd];
    const ssize_t count = ::send(fd, kAnswer.data() + sent, kAnswer.size() - sent, MSG_NOSIGNAL);
    const bool goes_on = count > 0 || errno == EAGAIN || errno == EINTR;
    if (count > 0) sent += static_cast<std::size_t>(count);
    if (goes_on && sent < kAnswer.size() && control(EPOLL_CTL_MOD, fd, EPOLLOUT)) return;
    sent_.erase(fd);
    ::close(fd);
  }

  int listener_;
  int epoll_;
  bool is_paused_ = false;
  std::map<int, std::size_t> sent_;  // of the answer, on connections that are being answered
};

}  // namespace

void serve_canary(std::uint16_t port) { CanaryServer(port).run(); }

}  // namespace e3::fuzz
