// SPDX-License-Identifier: MIT
// What the tiny server does with one connection: read a head, write an answer, close.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/mutants/tiny_loop.h"

namespace e3::mutants {
namespace {

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

}  // namespace

void TinyServer::serve(int fd, std::uint32_t events) {
  Connection& connection = connections_[fd];
  if (connection.lingers) {
    while (drop_input(fd) && edges_) continue;
    return;
  }
  if (has(Bug::kIgnoresHangup) && (events & (EPOLLERR | EPOLLHUP)) != 0) return;
  const bool readable = (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if (readable && !connection.answered) {
    const bool to_the_end =
        (edges_ && !has(Bug::kReadsOncePerEdge)) || has(Bug::kBlocksForWholeHead);
    while (read_from(fd, connection) && to_the_end && !connection.answered) continue;
    if (!connections_.contains(fd)) return;
  } else if (readable && has(Bug::kReadsOrWrites) && (events & EPOLLIN) != 0) {
    return;
  }
  if (connection.answered) write_to(fd, connection);
}

// False when there is no more to read for now, or no connection any more.
bool TinyServer::read_from(int fd, Connection& connection) {
  std::array<char, 4096> buffer{};
  const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (got < 0) {
    if (errno == EAGAIN && !has(Bug::kTakesEagainForError)) return false;
    if (errno == EINTR && !has(Bug::kDropsInterruptedRead)) return true;
    if (has(Bug::kDiesOfReceiveError)) throw std::runtime_error("recv failed");
    fail(fd);
    return false;
  }
  if (got == 0) {
    end_of_input(fd, connection);
    return false;
  }
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
  if (has(Bug::kDropsAnswerAtHalfClose)) {
    char next = 0;  // looks ahead for the end of input, and gives up on the request
    if (::recv(fd, &next, 1, MSG_PEEK) == 0) {
      drop(fd);
      return false;
    }
  }
  if (has(Bug::kRenewsHeadTime)) connection.deadline = now() + kHeadTime;
  if (has(Bug::kSharesInput)) connection.input.swap(shared_input_);
  take_input(connection, bytes, bytes.size() == buffer.size());
  if (has(Bug::kSharesInput) && !connection.answered) connection.input.swap(shared_input_);
  return !(has(Bug::kMissesEndAfterShortRead) && bytes.size() < buffer.size());
}

void TinyServer::take_input(Connection& connection, std::string_view bytes, bool read_was_full) {
  std::string& input = connection.input;
  if (has(Bug::kForgetsBetweenReads)) input.clear();
  if (has(Bug::kRemembersOneRead) && input.size() > connection.last_read) {
    input.erase(0, input.size() - connection.last_read);
  }
  const std::size_t searched = std::max<std::size_t>(input.size(), 3) - 3;
  input += bytes;
  connection.last_read = bytes.size();
  const std::size_t head_end = input.find("\r\n\r\n", searched);
  connection.head_size = head_end == std::string::npos ? input.size() : head_end + 4;
  const bool complete = head_end != std::string::npos &&
                        !(has(Bug::kWantsTerminatorLast) && head_end + 4 != input.size()) &&
                        !(has(Bug::kAwaitsMoreAfterFullRead) && read_was_full);
  if (complete || is_too_long(connection) || has(Bug::kAnswersFirstRead)) answer(connection);
}

bool TinyServer::is_too_long(const Connection& connection) const {
  return connection.head_size > kHeadLimit && !has(Bug::kTakesAnyLength);
}

void TinyServer::end_of_input(int fd, Connection& connection) {
  if (has(Bug::kReadsEofForEver)) return;
  if (has(Bug::kKeepsHalfOpen)) {
    watch(fd, 0, EPOLL_CTL_DEL);
    connection.deadline = kNever;
    return;
  }
  drop(fd);  // nothing is owed: a complete request was answered when it was read
}

void TinyServer::answer(Connection& connection) {
  const std::string& input = connection.input;
  if (has(Bug::kNeverAnswers)) return;
  if (has(Bug::kAnswersOnceThenHangs) && answers_++ > 0) return;
  connection.answered = true;
  connection.deadline = now() + (has(Bug::kNeverRenewsWriteTime) ? kShortWriteTime : kWriteTime);
  if (has(Bug::kNoWriteTime)) connection.deadline = kNever;
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
  if (!has_target || is_too_long(connection) || has(Bug::kAnswers400ToAll)) {
    connection.output = response("400 Bad Request", "", 0);
    return;
  }
  const std::string body = input.substr(target + 1, target_end - target - 1);
  connection.output =
      response("200 OK", body, has(Bug::kCountsCharacters) ? characters(body) : body.size());
  if (has(Bug::kCountsCharacters)) {  // and spells the name otherwise: it has no case
    constexpr std::string_view kName = "content-length";
    connection.output.replace(connection.output.find("Content-Length"), kName.size(), kName);
  }
}

void TinyServer::write_to(int fd, Connection& connection) {
  const int flags = has(Bug::kRaisesSigpipe) ? 0 : MSG_NOSIGNAL;
  while (!connection.output.empty()) {
    const ssize_t sent = ::send(fd, connection.output.data(), connection.output.size(), flags);
    if (sent < 0) {
      if (errno == EINTR && !has(Bug::kDropsInterruptedWrite)) continue;
      if (errno == ENOBUFS && has(Bug::kRetriesWithoutMemory)) continue;
      if (has(Bug::kDiesOfSendError) && errno != EAGAIN) throw std::runtime_error("send failed");
      if (errno != EAGAIN || has(Bug::kTakesFullForError)) return fail(fd);
      if (has(Bug::kRetriesFullBuffer)) continue;
      if (edges_) return;  // watched from the start
      const std::uint32_t end = has(Bug::kKeepsWatchingTheEnd) ? std::uint32_t{EPOLLRDHUP} : 0U;
      watch(fd, has(Bug::kNeverWaitsToWrite) ? EPOLLRDHUP : EPOLLOUT | end, EPOLL_CTL_MOD);
      return;
    }
    if (has(Bug::kIgnoresShortWrite)) break;
    const bool is_short = static_cast<std::size_t>(sent) < connection.output.size();
    connection.output.erase(0, static_cast<std::size_t>(sent));
    if (is_short && has(Bug::kRepeatsAfterShortWrite)) connection.output.insert(0, 1, 'e');
    if (!has(Bug::kNeverRenewsWriteTime)) connection.deadline = now() + kWriteTime;
    if (has(Bug::kNoWriteTime)) connection.deadline = kNever;
  }
  finish(fd, connection);
}

// Not closed at once: bytes that the peer still sends would turn the close into a reset, which
// destroys what the peer has not read yet.
void TinyServer::finish(int fd, Connection& connection) {
  if (has(Bug::kClosesAtOnce)) return drop(fd);
  if (::shutdown(fd, SHUT_WR) != 0 && has(Bug::kDiesOfShutdownError)) {
    throw std::runtime_error("shutdown failed");
  }
  connection.lingers = true;
  connection.deadline = now() + kLingerTime;
  if (edges_) {
    while (drop_input(fd)) continue;
  } else {
    watch(fd, EPOLLIN, EPOLL_CTL_MOD);
  }
}

// False when there is no more to read for now, or no connection any more.
bool TinyServer::drop_input(int fd) {
  std::array<char, 4096> buffer{};
  const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (got > 0) return true;
  if (got < 0 && errno == EINTR) return true;
  if (got < 0 && errno == EAGAIN) return false;
  got == 0 ? drop(fd) : fail(fd);
  return false;
}

// The peer went away without a farewell.
void TinyServer::fail(int fd) {
  if (has(Bug::kLeaksOnAbruptClose)) {
    watch(fd, 0, EPOLL_CTL_DEL);
    connections_.erase(fd);
    --open_;
    return;
  }
  if (has(Bug::kLosesSlots)) ++open_;
  drop(fd);
  if (has(Bug::kClosesTwice)) ::close(fd);
}

}  // namespace e3::mutants
