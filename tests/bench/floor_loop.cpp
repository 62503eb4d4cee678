// SPDX-License-Identifier: MIT
// The floor that servers are measured against: about the least that answers HTTP/1.1 requests like
// e3-server's, by hand, in one loop. It has no limits, no timeouts and no backpressure, takes each
// read for a whole number of requests, and believes what it reads: a measure, not a server.
// floor_loop PORT
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>

namespace {

std::array<char, 16384> input;
std::array<char, 65536> output;
std::array<char, 64> date;

void refresh_date() {
  static std::time_t shown = 0;
  const std::time_t now = std::time(nullptr);
  if (now == shown) return;
  shown = now;
  std::tm fields{};
  ::gmtime_r(&now, &fields);
  std::strftime(date.data(), date.size(), "%a, %d %b %Y %H:%M:%S GMT", &fields);
}

char* append(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

char* append_answer(char* at, std::string_view head) {
  const std::size_t begin = head.find('/') + 1;
  const std::string_view target = head.substr(begin, head.find(' ', begin) - begin);
  at = append(at, "HTTP/1.1 200 OK\r\nDate: ");
  at = append(at, date.data());
  at = append(at, "\r\nContent-Type: text/plain\r\nContent-Length: ");
  at = std::to_chars(at, output.data() + output.size(), target.size()).ptr;
  at = append(at, "\r\n\r\n");
  return append(at, target);
}

bool ends_after(std::string_view head) {
  constexpr std::string_view kClose = "\r\nConnection: close\r\n";
  return ::memmem(head.data(), head.size(), kClose.data(), kClose.size()) != nullptr ||
         head.find(" HTTP/1.0\r\n") != head.npos;
}

// Answers what one read brought. False when the connection is over.
bool serve(int connection, std::string_view bytes) {
  char* at = output.data();
  bool over = false;
  while (!bytes.empty() && !over) {
    constexpr std::string_view kEnd = "\r\n\r\n";
    const auto* const end =
        static_cast<const char*>(::memmem(bytes.data(), bytes.size(), kEnd.data(), kEnd.size()));
    if (end == nullptr) return false;
    const std::string_view head =
        bytes.substr(0, static_cast<std::size_t>(end - bytes.data()) + kEnd.size());
    bytes.remove_prefix(head.size());
    at = append_answer(at, head);
    over = ends_after(head);
  }
  const auto size = static_cast<std::size_t>(at - output.data());
  return ::send(connection, output.data(), size, MSG_NOSIGNAL) == static_cast<ssize_t>(size) &&
         !over;
}

void receive(int connection) {
  const ssize_t size = ::recv(connection, input.data(), input.size(), 0);
  if (size > 0 && serve(connection, {input.data(), static_cast<std::size_t>(size)})) return;
  ::close(connection);
}

// A request often arrives with its connection: then no event needs to be waited for, and where the
// answer ends the connection none needs to be asked for.
void accept_one(int epoll, int listener) {
  const int connection = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (connection < 0) return;
  const ssize_t size = ::recv(connection, input.data(), input.size(), 0);
  if (size == 0 ||
      (size > 0 && !serve(connection, {input.data(), static_cast<std::size_t>(size)}))) {
    ::close(connection);
    return;
  }
  epoll_event event{.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data = {.fd = connection}};
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, connection, &event);
}

int listen_on(std::uint16_t port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener, SOMAXCONN) != 0) {
    std::perror("floor_loop: cannot listen");
    std::exit(1);
  }
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: floor_loop PORT\n");
    return 2;
  }
  const int listener = listen_on(static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10)));
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{.events = EPOLLIN, .data = {.fd = listener}};
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  std::array<epoll_event, 256> events;
  for (;;) {
    const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    refresh_date();
    for (int i = 0; i < count; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == listener) {
        accept_one(epoll, listener);
      } else {
        receive(descriptor);
      }
    }
  }
}
