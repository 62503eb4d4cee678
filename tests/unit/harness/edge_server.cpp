// SPDX-License-Identifier: MIT
#include "edge_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace e3::testing_servers {
namespace {

constexpr int kRetryMilliseconds = 100;

class EdgeServer {
 public:
  EdgeServer(Drains drains, Slip slip) : drains_(drains), slip_(slip) {}

  ~EdgeServer() {
    for (const auto& [fd, unsent] : unsent_) ::close(fd);
    if (listener_ >= 0) ::close(listener_);
    if (epoll_ >= 0) ::close(epoll_);
  }

  void run() {
    listen();
    std::array<epoll_event, 8> events{};
    while (true) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                     accept_again_ ? kRetryMilliseconds : -1);
      if (count < 0 && (errno != EINTR || slip_ == Slip::kInterruptIsFatal)) {
        throw std::runtime_error("epoll_wait failed");
      }
      if (count == 0) accept_all();
      for (int i = 0; i < count; ++i) {
        const epoll_event event = events[static_cast<std::size_t>(i)];
        event.data.fd == listener_ ? accept_all() : serve(event.data.fd, event.events);
      }
    }
  }

 private:
  void listen() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(8080);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool listens =
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
        ::listen(listener_, 16) == 0;
    epoll_ = ::epoll_create1(0);
    if (!listens || epoll_ < 0 || !watch(listener_, EPOLLIN | EPOLLET)) {
      throw std::runtime_error("cannot listen");
    }
  }

  bool watch(int fd, std::uint32_t interest) {
    epoll_event event{.events = interest, .data = {.fd = fd}};
    return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
  }

  void accept_all() {
    accept_again_ = false;
    while (true) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
      if (fd >= 0) {
        // Edges that come before the connection is watched are not lost: ADD looks.
        if (watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET)) {
          unsent_[fd];
        } else {
          ::close(fd);
        }
        continue;
      }
      if (errno == EAGAIN) return;
      const bool out_of_something =
          errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      if (out_of_something) {
        accept_again_ = slip_ != Slip::kForgetsToRetry;
        return;
      }
      if (slip_ == Slip::kAcceptErrorEnds) return;
    }
  }

  static long microseconds() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1'000'000 + now.tv_nsec / 1000;
  }

  void serve(int fd, std::uint32_t events) {
    if (slip_ == Slip::kPollsTheClock) {
      for (const long start = microseconds(); microseconds() < start + 10'000;) continue;
    }
    if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0 && !read_lines(fd)) {
      end(fd);
    } else if (!write_answers(fd)) {
      end(fd);
    }
    if (slip_ == Slip::kFailureEndsAll && failed_) end_all();
  }

  // False at the end of the connection.
  bool read_lines(int fd) {
    std::array<char, 64> buffer;
    while (true) {
      const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      failed_ = failed_ || (got < 0 && errno != EAGAIN);
      if (got < 0) return errno == EAGAIN;
      if (got == 0) return false;
      for (const char c : std::string_view(buffer.data(), static_cast<std::size_t>(got))) {
        if (c == '\n') unsent_[fd] += std::string(kAnswerBytes - 1, 'a') + '\n';
      }
      if (drains_ == Drains::kToShortCount && static_cast<std::size_t>(got) < buffer.size()) {
        return true;
      }
    }
  }

  bool write_answers(int fd) {
    std::string& unsent = unsent_[fd];
    while (!unsent.empty()) {
      const ssize_t put = ::send(fd, unsent.data(), unsent.size(), MSG_NOSIGNAL);
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return errno == EAGAIN;
      const bool whole = static_cast<std::size_t>(put) == unsent.size();
      unsent.erase(0, static_cast<std::size_t>(put));
      if (slip_ == Slip::kShortWriteIsAll) unsent.clear();
      if (!whole && drains_ == Drains::kToShortCount) return true;
    }
    return true;
  }

  void end(int fd) {
    ::close(fd);
    unsent_.erase(fd);
    if (accept_again_) accept_all();
  }

  void end_all() {
    while (!unsent_.empty()) end(unsent_.begin()->first);
  }

  Drains drains_;
  Slip slip_;
  int listener_ = -1;
  int epoll_ = -1;
  bool accept_again_ = false;
  bool failed_ = false;                // a read
  std::map<int, std::string> unsent_;  // by connection
};

}  // namespace

void serve_edges(Drains drains, Slip slip) { EdgeServer(drains, slip).run(); }

}  // namespace e3::testing_servers
