// SPDX-License-Identifier: MIT
#include "e3/server/connection.h"

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>

namespace e3::server {

namespace {

// EPOLLERR and EPOLLHUP are reported whether asked for or not. EPOLLPRI is here since a receive
// stops short at urgent data.
constexpr std::uint32_t kAlways = EPOLLIN | EPOLLRDHUP | EPOLLPRI | EPOLLET;
constexpr std::uint32_t kMoreThanData = EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI;

}  // namespace

Connection::Connection(Descriptor socket, bool is_tcp, std::uint64_t token, std::uint64_t number,
                       const Options& options)
    : socket_(std::move(socket)),
      token_(token),
      number_(number),
      exchange_(options),
      interest_(kAlways),
      echo_(options.protocol == Protocol::kEcho),
      is_tcp_(is_tcp) {}

Connection::Phase Connection::phase() const noexcept {
  if (owed() != 0) return Phase::kWrite;
  if (state_ == State::kLingering) return Phase::kLinger;
  if (echo_) return Phase::kNone;
  const Exchange::Stage stage = exchange_.stage();
  if (stage == Exchange::Stage::kBody) return Phase::kBody;
  return stage == Exchange::Stage::kIdle ? Phase::kIdle : Phase::kHead;
}

// EPOLLHUP and EPOLLERR end nothing by themselves: bytes from before may still be queued. They make
// both directions worth a call, and the calls tell.
void Connection::note(std::uint32_t events) noexcept {
  if ((events & (EPOLLIN | kMoreThanData)) != 0) readable_ = true;
  if ((events & kMoreThanData) != 0) read_to_end_ = true;
  if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) writable_ = true;
}

// Nothing is owed, and nothing has been begun (an echo never begins anything).
bool Connection::is_idle() const noexcept {
  const Exchange::Stage stage = exchange_.stage();
  const bool has_begun = stage != Exchange::Stage::kFirstHead && stage != Exchange::Stage::kIdle;
  return state_ == State::kOpen && owed() == 0 && !has_begun;
}

Connection::Next Connection::advance(Turn& turn) {
  turn.connection = number_;
  made_progress_ = false;
  for (std::size_t inputs = 0;; ++inputs) {
    flush(turn);
    if (lost_) return Next::kFinish;
    if (state_ == State::kFlushing && owed() == 0) {
      // A close with unread input, or input that arrives later, would reset the connection and
      // could destroy the answer on its way. After the peer's end of input nothing more can arrive.
      // So it is when the peer has promised to be silent and has kept its promise.
      const bool is_quiet =
          input_ended_ || (exchange_.peer_is_silent() && !readable_ && !dropped_input_);
      if (is_quiet || ::shutdown(fd(), SHUT_WR) != 0) return Next::kFinish;
      state_ = State::kLingering;
    }
    if (state_ == State::kLingering && input_ended_) return Next::kFinish;
    const bool has_input = !unread_.empty() || (readable_ && !input_ended_);
    const bool has_room = state_ != State::kOpen || owed() < turn.options.limits.output;
    if (!has_input || !has_room) return turn.draining && is_idle() ? Next::kFinish : Next::kWait;
    if (inputs == turn.options.limits.reads_per_turn) return Next::kAgain;
    take_input(turn);
  }
}

Connection::Next Connection::time_out(Turn& turn) {
  const Phase phase = this->phase();
  readable_ = writable_ = true;
  const Next next = advance(turn);
  if (next == Next::kFinish || made_progress_ || this->phase() != phase) return next;
  if (phase == Phase::kLinger) {
    // Slow readers need their time: a close could reset the connection under what is on its way.
    unsigned unsent = 0;
    ::ioctl(fd(), TIOCOUTQ, &unsent);  // SIOCOUTQ of tcp(7)
    if (unsent < std::exchange(unsent_, unsent) && unsent != 0) return next;
  }
  ++turn.counters.timeouts;
  if (turn.options.log) turn.log("timeout");
  if (phase != Phase::kHead && phase != Phase::kBody) return Next::kFinish;
  turn.output.clear();
  exchange_.time_out(turn);
  if (turn.output.empty()) return Next::kFinish;
  state_ = State::kFlushing;
  send_or_keep(turn.output, turn);
  return advance(turn);
}

// What was put by comes first: it was received first.
void Connection::take_input(Turn& turn) {
  if (unread_.empty()) return receive(turn);
  const std::string input = std::exchange(unread_, {});
  process(input, turn);
}

void Connection::receive(Turn& turn) {
  const ssize_t received = ::recv(fd(), turn.input.data(), turn.input.size(), 0);
  if (received < 0) {
    if (errno == EINTR) return;
    lost_ = errno != EAGAIN;
    readable_ = read_to_end_ = false;
    return;
  }
  if (received == 0) {
    readable_ = false;
    input_ended_ = true;
    return process_end_of_input(turn);
  }
  const auto size = static_cast<std::size_t>(received);
  turn.counters.bytes_received += size;
  // A short receive has emptied the queue; what arrives later makes a new edge (epoll(7), question
  // 9). An end of input reported with the data makes none, and on a Unix domain socket a receive
  // stops short behind a message that carried descriptors.
  if (is_tcp_ && size < turn.input.size() && !read_to_end_) readable_ = false;
  process({turn.input.data(), size}, turn);
}

void Connection::process(std::string_view input, Turn& turn) {
  if (state_ != State::kOpen) {
    dropped_input_ = true;
    return;
  }
  if (echo_) return send_or_keep(input, turn);
  turn.output.clear();
  const std::uint32_t progress = exchange_.progress();
  const std::size_t consumed = exchange_.consume(input, turn);
  // Who reads no answers gets nowhere, whatever it sends.
  if (exchange_.progress() != progress && owed() == 0) made_progress_ = true;
  if (exchange_.is_over()) {
    state_ = State::kFlushing;
    dropped_input_ = consumed != input.size();
  } else if (consumed != input.size()) {
    unread_ = input.substr(consumed);
  }
  send_or_keep(turn.output, turn);
}

void Connection::process_end_of_input(Turn& turn) {
  if (state_ != State::kOpen) return;
  state_ = State::kFlushing;
  if (echo_) return;
  turn.output.clear();
  exchange_.end_input(turn);
  send_or_keep(turn.output, turn);
}

void Connection::send_or_keep(std::string_view bytes, Turn& turn) {
  if (owed() == 0) send_some(bytes, turn);
  if (bytes.empty()) return;
  output_.erase(0, std::exchange(sent_, 0));
  output_.append(bytes);
}

void Connection::flush(Turn& turn) {
  if (owed() == 0 || !writable_ || lost_) return;
  std::string_view rest = std::string_view(output_).substr(sent_);
  send_some(rest, turn);
  sent_ = output_.size() - rest.size();
  if (rest.empty()) {
    std::string().swap(output_);
    sent_ = 0;
  }
}

// Sends until all is taken or the socket refuses more; takes what was sent off `bytes`. Only a
// refusal makes the kernel report the space that appears later, so a short send is followed by
// another.
void Connection::send_some(std::string_view& bytes, Turn& turn) {
  // The end follows what is sent while flushing, and travels in the same segment: one less of them
  // to make, to deliver and to acknowledge.
  const int flags = MSG_NOSIGNAL | (state_ == State::kFlushing ? MSG_MORE : 0);
  while (!bytes.empty() && writable_) {
    const ssize_t sent = ::send(fd(), bytes.data(), bytes.size(), flags);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      turn.counters.bytes_sent += static_cast<std::size_t>(sent);
      made_progress_ = true;
    } else if (sent == 0 || errno == EAGAIN) {
      writable_ = false;
      interest_ |= EPOLLOUT;
    } else if (errno != EINTR) {
      lost_ = true;
      return;
    }
  }
}

}  // namespace e3::server
