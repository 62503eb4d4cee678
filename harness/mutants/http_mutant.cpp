// SPDX-License-Identifier: MIT
// A small level-triggered HTTP/1.1 server that is correct, or has exactly one known bug. GET is
// answered with the target without its slash, POST with its body.
#include "harness/mutants/http_mutant.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "harness/mutants/listening_socket.h"

namespace e3::mutants {
namespace {

constexpr int kIdleMilliseconds = 60'000;

}  // namespace

HttpMutant::HttpMutant(HttpBug bug, std::uint16_t port)
    : bug_(bug), listener_(listening_socket(port)), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
}

HttpMutant::~HttpMutant() {
  for (const auto& [fd, connection] : connections_) ::close(fd);
  ::close(listener_);
  ::close(epoll_);
}

void HttpMutant::watch(int fd, std::uint32_t events, int operation) {
  if (has(HttpBug::kRemembersInterest) && operation == EPOLL_CTL_MOD) {
    const bool waits = (events & EPOLLOUT) != 0;
    if (waits && std::exchange(armed_[fd], true)) return;
    if (!waits && connections_[fd].waited) armed_[fd] = false;
  }
  epoll_event event{.events = events, .data = {.fd = fd}};
  ::epoll_ctl(epoll_, operation, fd, &event);
}

void HttpMutant::run() {
  std::array<epoll_event, 16> events{};
  while (true) {
    const bool waits = !connections_.empty() && !has(HttpBug::kNeverTimesOut);
    const int count =
        ::epoll_wait(epoll_, events.data(), events.size(), waits ? kIdleMilliseconds : -1);
    if (count == 0) time_out();
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      const int fd = event.data.fd;
      if (fd == listener_) {
        accept_all();
        continue;
      }
      if (connections_.contains(fd) && (event.events & EPOLLOUT) == 0) read_from(fd);
      if (connections_.contains(fd)) write_to(fd);
    }
  }
}

void HttpMutant::accept_all() {
  while (true) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    connections_[fd] = {};
    watch(fd, EPOLLIN, EPOLL_CTL_ADD);
  }
}

void HttpMutant::read_from(int fd) {
  HttpConnection& connection = connections_[fd];
  static std::array<char, 65536> buffer;
  const std::size_t at_once = has(HttpBug::kSendsTooManyParts) ? buffer.size() : 4096;
  const ssize_t got = ::recv(fd, buffer.data(), at_once, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got > 0) {
    connection.spoke = true;
    if (connection.ending) return;
    connection.input.append(buffer.data(), static_cast<std::size_t>(got));
    return process(connection);
  }
  if (got == 0 && has(HttpBug::kServesShortBodies) && !connection.input.empty()) {
    const ParseResult result = parse_http(connection.input, bug_);
    if (result.state == ParseState::kNeedsBody) {
      serve(connection, result.request);
      connection.ending = true;
      write_to(fd);
    }
  }
  if (has(HttpBug::kKeepsSilentHalfOpen) && got == 0 && !connection.spoke) {
    return watch(fd, 0, EPOLL_CTL_DEL);
  }
  if (connections_.contains(fd)) drop(fd);
}

ssize_t HttpMutant::send_some(int fd, std::string& output) const {
  if (!has(HttpBug::kSendsTooManyParts)) {
    return ::send(fd, output.data(), output.size(), MSG_NOSIGNAL);
  }
  std::vector<iovec> parts;
  for (std::size_t begin = 0; begin < output.size();) {
    const std::size_t end = std::min(output.find("HTTP/", begin + 1), output.size());
    parts.push_back({output.data() + begin, end - begin});
    begin = end;
  }
  return ::writev(fd, parts.data(), static_cast<int>(parts.size()));
}

void HttpMutant::write_to(int fd) {
  HttpConnection& connection = connections_[fd];
  while (!connection.output.empty()) {
    const ssize_t sent = send_some(fd, connection.output);
    if (sent < 0 && errno == EAGAIN) {
      connection.waited = true;
      if (has(HttpBug::kClosesBeforeFlush) && connection.ending) return drop(fd);
      const bool reads = has(HttpBug::kReadsWhileBlocked);
      return watch(fd, EPOLLOUT | (reads ? std::uint32_t{EPOLLIN} : 0U), EPOLL_CTL_MOD);
    }
    if (sent < 0) return drop(fd);
    connection.output.erase(0, static_cast<std::size_t>(sent));
  }
  const bool reads_on = !(connection.waited && has(HttpBug::kForgetsToReadOn));
  watch(fd, reads_on ? std::uint32_t{EPOLLIN} : 0U, EPOLL_CTL_MOD);
  if (!connection.ending || connection.shut || connection.kept) return;
  const bool at_once = has(HttpBug::kResetsMalformed) || has(HttpBug::kServesShortBodies) ||
                       has(HttpBug::kClosesWithoutReading);
  if (at_once) return drop(fd);
  ::shutdown(fd, SHUT_WR);  // and then read on: a close now could reset the connection
  connection.shut = true;
}

// Nothing has happened for a minute: whoever is there has been idle.
void HttpMutant::time_out() {
  std::vector<int> idle;
  for (const auto& [fd, connection] : connections_) idle.push_back(fd);
  for (const int fd : idle) drop(fd);
}

void HttpMutant::drop(int fd) {
  if (has(HttpBug::kResetsMalformed) && connections_[fd].ending) {
    // As if input were unread, which depends on how much the client had sent by now.
    const linger abortive{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &abortive, sizeof abortive);
  }
  connections_.erase(fd);
  ::close(fd);
}

void serve_http_mutant(HttpBug bug, std::uint16_t port) { HttpMutant(bug, port).run(); }

}  // namespace e3::mutants
