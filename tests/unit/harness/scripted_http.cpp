// SPDX-License-Identifier: MIT
#include "scripted_http.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>

#include "harness/mutants/listening_socket.h"

namespace e3::testing_servers {
namespace {

using mutants::ParseResult;
using mutants::ParseState;

constexpr int kIdleMilliseconds = 60'000;

struct Connection {
  std::string input;
  std::string output;
  bool ending = false;  // the rest of the input is thrown away
  bool shut = false;
};

class ScriptedServer {
 public:
  ScriptedServer(const Script& script, std::string_view invitation)
      : script_(&script),
        invitation_(invitation),
        listener_(mutants::listening_socket(8080)),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
  }
  ~ScriptedServer() {
    for (const auto& [fd, connection] : connections_) ::close(fd);
    ::close(listener_);
    ::close(epoll_);
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  void run() {
    epoll_event event{};
    while (true) {
      const int count =
          ::epoll_wait(epoll_, &event, 1, connections_.empty() ? -1 : kIdleMilliseconds);
      if (count == 0) drop_all();
      if (count <= 0) continue;
      const int fd = event.data.fd;
      if (fd == listener_) {
        accept_all();
      } else {
        if ((event.events & EPOLLOUT) == 0) read_from(fd);
        if (connections_.contains(fd)) write_to(fd);
      }
    }
  }

 private:
  void watch(int fd, std::uint32_t events, int operation) const {
    epoll_event event{.events = events, .data = {.fd = fd}};
    ::epoll_ctl(epoll_, operation, fd, &event);
  }

  void accept_all() {
    while (true) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      connections_[fd] = {};
      watch(fd, EPOLLIN, EPOLL_CTL_ADD);
    }
  }

  void read_from(int fd) {
    Connection& connection = connections_[fd];
    std::array<char, 65536> buffer{};
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return drop(fd);
    if (connection.ending) return;
    connection.input.append(buffer.data(), static_cast<std::size_t>(got));
    while (!connection.input.empty() && !connection.ending) {
      const ParseResult result = parse_http(connection.input, mutants::HttpBug::kNone);
      if (result.state == ParseState::kIncomplete) return;
      if (result.state == ParseState::kNeedsBody) return tell_to_continue(connection, result);
      const std::optional<Reply> chosen = (*script_)(result, connection.input);
      const Reply reply = chosen ? *chosen : usual_reply(result);
      connection.output += reply.bytes;
      connection.ending = reply.ends;
      connection.input.erase(0, reply.consumed.value_or(result.consumed));
    }
  }

  void tell_to_continue(Connection& connection, const ParseResult& result) const {
    const bool waits = result.request.expects_continue && result.request.minor_version > 0;
    const bool nothing_came = connection.input.size() == result.consumed;
    if (waits && nothing_came) connection.output += invitation_;
  }

  void write_to(int fd) {
    Connection& connection = connections_[fd];
    while (!connection.output.empty()) {
      const ssize_t sent =
          ::send(fd, connection.output.data(), connection.output.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) return watch(fd, EPOLLOUT, EPOLL_CTL_MOD);
      if (sent < 0) return drop(fd);
      connection.output.erase(0, static_cast<std::size_t>(sent));
    }
    watch(fd, EPOLLIN, EPOLL_CTL_MOD);
    if (!connection.ending || connection.shut) return;
    ::shutdown(fd, SHUT_WR);
    connection.shut = true;
  }

  void drop_all() {
    while (!connections_.empty()) drop(connections_.begin()->first);
  }
  void drop(int fd) {
    connections_.erase(fd);
    ::close(fd);
  }

  const Script* script_;
  std::string_view invitation_;
  int listener_;
  int epoll_;
  std::map<int, Connection> connections_;
};

}  // namespace

std::string http_answer(std::string_view status, std::string_view body, std::string_view more) {
  return "HTTP/1.1 " + std::string(status) +
         "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\n" +
         std::string(more) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

Reply usual_reply(const ParseResult& result) {
  constexpr std::string_view kClose = "Connection: close\r\n";
  if (result.state == ParseState::kRefused) {
    return {.bytes = http_answer(std::to_string(result.status) + " Refused", "", kClose),
            .ends = true};
  }
  const mutants::HttpRequest& request = result.request;
  Reply reply{.bytes = http_answer("200 OK", request.method == "POST" ? request.body : "hello\n",
                                   request.keep_alive ? "" : kClose),
              .ends = !request.keep_alive};
  if (request.method == "HEAD") reply.bytes.erase(reply.bytes.find("\r\n\r\n") + 4);
  return reply;
}

void serve_scripted(const Script& script, std::string_view invitation) {
  ScriptedServer(script, invitation).run();
}

}  // namespace e3::testing_servers
