// SPDX-License-Identifier: MIT
#include "tiny_server.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>

namespace e3::mutants {
namespace {

constexpr BugName kBugNames[] = {
    {Bug::kNone, "none"},
    {Bug::kNeverAnswers, "never-answers"},
    {Bug::kClosesAtAccept, "closes-at-accept"},
    {Bug::kAnswers400ToAll, "answers-400-to-all"},
    {Bug::kAcceptsOncePerEdge, "accepts-once-per-edge"},
    {Bug::kForgetsBetweenReads, "forgets-between-reads"},
    {Bug::kAnswersFirstRead, "answers-first-read"},
    {Bug::kIgnoresShortWrite, "ignores-short-write"},
    {Bug::kNeverWaitsToWrite, "never-waits-to-write"},
    {Bug::kRetriesFullBuffer, "retries-full-buffer"},
    {Bug::kReadsEofForEver, "reads-eof-for-ever"},
    {Bug::kDropsAnswerAtHalfClose, "drops-answer-at-half-close"},
    {Bug::kKeepsHalfOpen, "keeps-half-open"},
    {Bug::kLeaksOnAbruptClose, "leaks-on-abrupt-close"},
    {Bug::kIgnoresHangup, "ignores-hangup"},
    {Bug::kRaisesSigpipe, "raises-sigpipe"},
    {Bug::kClosesTwice, "closes-twice"},
    {Bug::kDiesWithoutTarget, "dies-without-target"},
    {Bug::kDiesOnBinary, "dies-on-binary"},
    {Bug::kDiesWithoutColon, "dies-without-colon"},
    {Bug::kCountsCharacters, "counts-characters"},
};

struct Connection {
  std::string input;
  std::string output;
  bool answered = false;
  bool input_ended = false;
};

std::string response(std::string_view status, std::string_view body, std::size_t length) {
  std::string text = "HTTP/1.0 ";
  text.append(status).append("\r\nContent-Length: ").append(std::to_string(length));
  return text.append("\r\n\r\n").append(body);
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

class TinyServer {
 public:
  TinyServer(Bug bug, std::uint16_t port);
  ~TinyServer();
  TinyServer(const TinyServer&) = delete;
  TinyServer& operator=(const TinyServer&) = delete;
  void run();

 private:
  bool has(Bug bug) const { return bug == bug_; }
  void watch(int fd, std::uint32_t events, int operation);
  void accept_all();
  void serve(int fd, std::uint32_t events);
  void read_from(int fd, Connection& connection);
  void answer(Connection& connection);
  void write_to(int fd, Connection& connection);
  void fail(int fd);
  void drop(int fd);

  Bug bug_;
  int listener_;
  int epoll_;
  std::map<int, Connection> connections_;
};

TinyServer::TinyServer(Bug bug, std::uint16_t port)
    : bug_(bug),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, SOMAXCONN) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot listen");
  }
  // The one bug that needs edges: a level-triggered listener would be reported again.
  const std::uint32_t edge = has(Bug::kAcceptsOncePerEdge) ? std::uint32_t{EPOLLET} : 0U;
  watch(listener_, EPOLLIN | edge, EPOLL_CTL_ADD);
}

TinyServer::~TinyServer() {
  for (const auto& [fd, connection] : connections_) ::close(fd);
  ::close(listener_);
  ::close(epoll_);
}

void TinyServer::watch(int fd, std::uint32_t events, int operation) {
  epoll_event event{.events = events, .data = {.fd = fd}};
  ::epoll_ctl(epoll_, operation, fd, &event);
}

void TinyServer::run() {
  std::array<epoll_event, 16> events{};
  while (true) {
    const int count = ::epoll_wait(epoll_, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.fd == listener_) {
        accept_all();
      } else if (connections_.contains(event.data.fd)) {
        serve(event.data.fd, event.events);
      }
    }
  }
}

void TinyServer::accept_all() {
  while (true) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    if (has(Bug::kClosesAtAccept)) {
      ::close(fd);
      continue;
    }
    connections_[fd] = {};
    watch(fd, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_ADD);
    if (has(Bug::kAcceptsOncePerEdge)) return;
  }
}

void TinyServer::serve(int fd, std::uint32_t events) {
  if (has(Bug::kIgnoresHangup) && (events & (EPOLLERR | EPOLLHUP)) != 0) return;
  Connection& connection = connections_[fd];
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0 && !connection.answered) {
    read_from(fd, connection);
    if (!connections_.contains(fd)) return;
  }
  if (connection.answered) write_to(fd, connection);
}

void TinyServer::read_from(int fd, Connection& connection) {
  std::array<char, 4096> buffer{};
  const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (got < 0) {
    if (errno == EAGAIN || errno == EINTR) return;
    return fail(fd);
  }
  if (got == 0) {
    if (has(Bug::kReadsEofForEver)) return;
    if (has(Bug::kKeepsHalfOpen)) {
      return watch(fd, 0, EPOLL_CTL_DEL);
    }
    drop(fd);  // nothing is owed: a complete request was answered when it was read
    return;
  }
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
  if (has(Bug::kForgetsBetweenReads)) connection.input.clear();
  connection.input += bytes;
  const bool complete = connection.input.find("\r\n\r\n") != std::string::npos;
  if (has(Bug::kDropsAnswerAtHalfClose)) {
    char next = 0;  // looks ahead for the end of input, and gives up on the request
    if (::recv(fd, &next, 1, MSG_PEEK) == 0) return drop(fd);
  }
  if (complete || has(Bug::kAnswersFirstRead)) answer(connection);
}

void TinyServer::answer(Connection& connection) {
  const std::string& input = connection.input;
  if (has(Bug::kNeverAnswers)) return;
  connection.answered = true;
  const std::size_t line_end = std::min(input.find("\r\n"), input.size());
  const std::size_t target = input.find(' ');
  const std::size_t target_end = target < line_end ? input.find(' ', target + 1) : target;
  const bool has_target = target_end < line_end && target_end > target + 1;
  const bool binary = std::any_of(input.begin(), input.end(),
                                  [](char c) { return static_cast<signed char>(c) < 0; });
  const std::size_t header = line_end + 2;
  const bool has_header = header < input.size() && input[header] != '\r';
  const bool has_colon = input.find(':', line_end) != std::string::npos;
  if (!has_target && has(Bug::kDiesWithoutTarget)) throw std::runtime_error("no target");
  if (binary && has(Bug::kDiesOnBinary)) throw std::runtime_error("not text");
  if (has_header && !has_colon && has(Bug::kDiesWithoutColon)) throw std::runtime_error("no colon");
  if (!has_target || has(Bug::kAnswers400ToAll)) {
    connection.output = response("400 Bad Request", "", 0);
    return;
  }
  const std::string body = input.substr(target + 1, target_end - target - 1);
  connection.output =
      response("200 OK", body, has(Bug::kCountsCharacters) ? characters(body) : body.size());
}

void TinyServer::write_to(int fd, Connection& connection) {
  const int flags = has(Bug::kRaisesSigpipe) ? 0 : MSG_NOSIGNAL;
  while (!connection.output.empty()) {
    const ssize_t sent = ::send(fd, connection.output.data(), connection.output.size(), flags);
    if (sent < 0) {
      if (errno != EAGAIN) return fail(fd);
      if (has(Bug::kRetriesFullBuffer)) continue;
      if (!has(Bug::kNeverWaitsToWrite)) return watch(fd, EPOLLOUT, EPOLL_CTL_MOD);
      return watch(fd, EPOLLRDHUP, EPOLL_CTL_MOD);
    }
    if (has(Bug::kIgnoresShortWrite)) break;
    connection.output.erase(0, static_cast<std::size_t>(sent));
  }
  drop(fd);
}

// The peer went away without a farewell.
void TinyServer::fail(int fd) {
  if (has(Bug::kLeaksOnAbruptClose)) {
    watch(fd, 0, EPOLL_CTL_DEL);
    connections_.erase(fd);
    return;
  }
  drop(fd);
  if (has(Bug::kClosesTwice)) ::close(fd);
}

void TinyServer::drop(int fd) {
  connections_.erase(fd);
  ::close(fd);
}

}  // namespace

std::span<const BugName> bug_names() { return kBugNames; }

void serve_tiny(Bug bug, std::uint16_t port) { TinyServer(bug, port).run(); }

}  // namespace e3::mutants
