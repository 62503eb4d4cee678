// SPDX-License-Identifier: MIT
// A small level-triggered HTTP/1.1 server that is correct, or has exactly one known bug. GET is
// answered with the target without its slash, POST with its body.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/mutants/http_bug.h"
#include "harness/mutants/http_mutant_parser.h"
#include "harness/mutants/listening_socket.h"

namespace e3::mutants {
namespace {

constexpr int kIdleMilliseconds = 60'000;

struct HttpConnection {
  std::string input;
  std::string output;
  std::size_t searched = 0;  // of the input, for the end of a head; only a bug remembers it
  int served = 0;
  std::string last_body;   // only a bug keeps it
  bool spoke = false;      // has sent anything at all
  bool continued = false;  // 100 has been sent for the request that is being read
  bool ending = false;     // nothing more is served: the rest of the input is thrown away
  bool waited = false;     // an answer has had to wait for room
  bool kept = false;       // in spite of what was said
  bool shut = false;       // our side has ended; waiting for the peer's end
};

std::string decoded(std::string_view target) {
  std::string text;
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] == '%' && i + 2 < target.size()) {
      text += static_cast<char>(std::stoi(std::string(target.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      text += target[i];
    }
  }
  return text;
}

class HttpMutant {
 public:
  HttpMutant(HttpBug bug, std::uint16_t port);
  ~HttpMutant();
  HttpMutant(const HttpMutant&) = delete;
  HttpMutant& operator=(const HttpMutant&) = delete;
  void run();

 private:
  bool has(HttpBug bug) const { return bug == bug_; }
  void watch(int fd, std::uint32_t events, int operation);
  void accept_all();
  void read_from(int fd);
  void process(HttpConnection& connection);
  void serve(HttpConnection& connection, const HttpRequest& request) const;
  void refuse(HttpConnection& connection, const ParseResult& result) const;
  std::string head(std::string_view status, bool keep_alive) const;
  void write_to(int fd);
  void time_out();
  void drop(int fd);

  HttpBug bug_;
  int listener_;
  int epoll_;
  std::map<int, HttpConnection> connections_;
  std::map<int, bool> armed_;  // for EPOLLOUT; only a bug keeps it
};

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
  std::array<char, 4096> buffer{};
  const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
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

std::string HttpMutant::head(std::string_view status, bool keep_alive) const {
  std::string text = has(HttpBug::kBareStatusLine)
                         ? "HTTP/1.1 " + std::string(status.substr(0, 3)) + "\r\n"
                         : "HTTP/1.1 " + std::string(status) + "\r\n";
  if (!has(HttpBug::kNoDate)) text += "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
  if (!has(HttpBug::kNoContentType)) text += "Content-Type: text/plain\r\n";
  if (!keep_alive) text += "Connection: close\r\n";
  return text;
}

void HttpMutant::serve(HttpConnection& connection, const HttpRequest& request) const {
  if (has(HttpBug::kSwitchesProtocols) && request.upgrades) {
    connection.output += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\n\r\n";
    return;
  }
  const bool old = request.minor_version == 0;
  std::string body = request.method == "POST"          ? request.body
                     : request.target.starts_with("/") ? request.target.substr(1)
                                                       : "";
  if (has(HttpBug::kLeavesOldAnswer)) {
    if (body.size() < connection.last_body.size()) {
      body += connection.last_body.substr(body.size());
    }
    connection.last_body = body;
  }
  const bool keeps = request.keep_alive || has(HttpBug::kIgnoresClose);
  std::string text = head("200 OK", keeps);
  if (has(HttpBug::kLiesAboutKeepAlive) && request.says_keep_alive) {
    text = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n";
  }
  if (has(HttpBug::kReflectsTarget)) text += "X-Target: " + decoded(request.target) + "\r\n";
  if (has(HttpBug::kChunksToOldClients) && old && !body.empty()) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += "Transfer-Encoding: chunked\r\n";
    const std::string size(1, kDigits[body.size() % 16]);  // of the short bodies asked for
    body = size + "\r\n" + body + "\r\n0\r\n\r\n";
  } else {
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  text += "\r\n";
  if (request.method != "HEAD" || has(HttpBug::kBodyOnHead)) text += body;
  connection.output.insert(has(HttpBug::kOvertakes) ? 0 : connection.output.size(), text);
  if (!keeps) connection.ending = true;
}

void HttpMutant::refuse(HttpConnection& connection, const ParseResult& result) const {
  if (has(HttpBug::kHangsOnMalformed)) return connection.input.clear();
  if (has(HttpBug::kServesMalformed)) {
    HttpRequest guess;
    guess.target = "/e3";
    connection.input.erase(0, result.consumed);
    return serve(connection, guess);
  }
  connection.ending = true;
  if (has(HttpBug::kResetsMalformed)) return;
  if (has(HttpBug::kRefusesInPlainText)) {
    connection.output += "bad request\r\n";
  } else {
    const bool keeps = has(HttpBug::kServesAfterRefusal);
    connection.output +=
        head(std::to_string(result.status) + " Refused", keeps) + "Content-Length: 0\r\n\r\n";
    connection.kept = has(HttpBug::kKeepsRefusedOpen);
    if (keeps) {
      connection.input.erase(0, result.consumed);
      connection.ending = false;
    }
  }
}

void HttpMutant::process(HttpConnection& connection) {
  while (!connection.input.empty() && !connection.ending) {
    const std::size_t searched = connection.searched;
    if (searched > 0 && connection.input.find("\r\n\r\n", searched) == std::string::npos) return;
    const ParseResult result = parse_http(connection.input, bug_);
    if (result.state == ParseState::kIncomplete) return;
    if (result.state == ParseState::kRefused) {
      refuse(connection, result);
      continue;
    }
    if (result.state == ParseState::kNeedsBody) {
      const bool old = result.request.minor_version == 0;
      const bool told = old ? has(HttpBug::kInterimToOldClients) : !has(HttpBug::kNeverContinues);
      if (result.request.expects_continue && !connection.continued && told) {
        connection.output += "HTTP/1.1 100 Continue\r\n\r\n";
        connection.continued = true;
      }
      return;
    }
    if (has(HttpBug::kInterimToOldClients) && result.request.expects_continue) {
      connection.output += "HTTP/1.1 100 Continue\r\n\r\n";
    }
    connection.continued = false;
    const bool all = result.consumed == connection.input.size();
    connection.searched = has(HttpBug::kSearchesFromOldEnd) && !all ? result.consumed - 4 : 0;
    if (has(HttpBug::kStopsAfterThree) && ++connection.served > 3) return connection.input.clear();
    connection.input.erase(0,
                           has(HttpBug::kForgetsPipelined) ? std::string::npos : result.consumed);
    serve(connection, result.request);
  }
}

void HttpMutant::write_to(int fd) {
  HttpConnection& connection = connections_[fd];
  while (!connection.output.empty()) {
    const ssize_t sent =
        ::send(fd, connection.output.data(), connection.output.size(), MSG_NOSIGNAL);
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

}  // namespace

void serve_http_mutant(HttpBug bug, std::uint16_t port) { HttpMutant(bug, port).run(); }

}  // namespace e3::mutants
