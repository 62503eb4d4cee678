// SPDX-License-Identifier: MIT
// Opens COUNT connections, 64 at once, with one request each, checks every answer, and ends them in
// three ways by turns: the server closes, the client closes, the client resets.
// short_connections PORT COUNT
#include <sys/epoll.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "load_socket.h"

namespace {

using e3::load::fail;
using e3::load::Socket;

constexpr std::size_t kAtOnce = 64;
constexpr std::string_view kKeepAlive = "GET /hello HTTP/1.1\r\nHost: t\r\n\r\n";
constexpr std::string_view kClose = "GET /hello HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";

enum class End { kServerCloses, kClientCloses, kClientResets };

struct Visit {
  Socket socket;
  End end = End::kServerCloses;
  std::string received;
};

class Visits {
 public:
  Visits(std::uint16_t port, std::uint64_t count)
      : port_(port), count_(count), epoll_(::epoll_create1(EPOLL_CLOEXEC)), visits_(kAtOnce) {
    if (epoll_ < 0) fail("epoll_create1");
  }
  Visits(const Visits&) = delete;
  Visits& operator=(const Visits&) = delete;
  ~Visits() { ::close(epoll_); }

  void run() {
    for (std::size_t i = 0; i != visits_.size() && begun_ != count_; ++i) begin(i);
    std::array<epoll_event, kAtOnce> events;
    while (ended_ != count_) {
      const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      if (ready < 0 && errno != EINTR) fail("epoll_wait");
      for (int i = 0; i < ready; ++i) {
        const auto visit = static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
        if (!receive(visits_[visit])) continue;
        ++ended_;
        if (begun_ != count_) begin(visit);
      }
    }
  }

 private:
  void begin(std::size_t index) {
    Visit& visit = visits_[index];
    visit.socket = Socket(port_, begun_);
    visit.end = static_cast<End>(begun_ % 3);
    visit.received.clear();
    ++begun_;
    if (!visit.socket.send(visit.end == End::kServerCloses ? kClose : kKeepAlive)) fail("send");
    epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, visit.socket.fd(), &event) != 0) fail("epoll_ctl");
  }

  // True when the visit is over.
  static bool receive(Visit& visit) {
    std::array<char, 4096> bytes;
    const ssize_t size = ::recv(visit.socket.fd(), bytes.data(), bytes.size(), 0);
    if (size < 0) fail("recv");
    visit.received.append(bytes.data(), static_cast<std::size_t>(size));
    const bool answered =
        visit.received.starts_with("HTTP/1.1 200 ") && visit.received.ends_with("\r\n\r\nhello");
    if (size == 0 && (!answered || visit.end != End::kServerCloses)) {
      throw std::runtime_error("the server closed after: " + visit.received);
    }
    if (!answered || (visit.end == End::kServerCloses && size != 0)) return false;
    if (visit.end == End::kClientResets) visit.socket.reset();
    visit.socket = Socket();
    return true;
  }

  std::uint16_t port_;
  std::uint64_t count_;
  std::uint64_t begun_ = 0;
  std::uint64_t ended_ = 0;
  int epoll_;
  std::vector<Visit> visits_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: short_connections PORT COUNT\n");
    return 2;
  }
  try {
    Visits(static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10)),
           std::strtoull(argv[2], nullptr, 10))
        .run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "short_connections: %s\n", error.what());
    return 1;
  }
}
