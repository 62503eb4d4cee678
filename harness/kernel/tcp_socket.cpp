// SPDX-License-Identifier: MIT
// The calls of a TCP socket; what they make the other end see is in tcp_segments.cpp.
#include "tcp_socket.h"

#include <fcntl.h>

#include <algorithm>

#include "machine.h"
#include "mutation.h"

namespace e3::sim {

void TcpSocket::create(int flags, int family) {
  open_socket(flags, family);
  peer_ = nullptr;
  fin_received_ = false;
  fin_queued_ = false;
  connect_call_ = ConnectCall::kNone;
  orphan_ = false;
  urgent_ = UrgentByte::kNone;
  linger_deadline_ = kNever;
}

std::uint32_t TcpSocket::poll() {
  if (listening()) return has_pending() ? EPOLLIN | EPOLLRDNORM : 0;
  std::uint32_t events = 0;
  if (shutdown_ == kBothShut || state_ == SocketState::kClosed) events |= EPOLLHUP;
  if ((shutdown_ & kReceiveShut) != 0) {
    events |= EPOLLIN | EPOLLRDNORM;
    if (!mutated(Mutation::kNoReadHangUp)) events |= EPOLLRDHUP;
    if (mutated(Mutation::kHangUpOnHalfClose)) events |= EPOLLHUP;
  }
  if (state_ != SocketState::kConnecting) {
    if (reaches_low_water(at_urgent_mark() ? 1 : 0)) events |= EPOLLIN | EPOLLRDNORM;
    if ((shutdown_ & kSendShut) != 0 || writable(true)) {
      events |= EPOLLOUT | EPOLLWRNORM;
    } else {
      no_space_ = true;
    }
  }
  if (urgent_ == UrgentByte::kUnread) events |= EPOLLPRI;
  if (error_ != 0) events |= EPOLLERR;
  return events;
}

// Write space comes back only when a third of the buffer is free, so that a writer is not woken
// for every byte. A poller asks for twice the room below TCP_NOTSENT_LOWAT (tcp(7)).
bool TcpSocket::writable(bool for_poll) const {
  const std::size_t queued = send_queue_.size();
  const auto buffer = static_cast<std::size_t>(options_.send_buffer);
  if (queued >= buffer || writer_held_) return false;
  if (!mutated(Mutation::kWritableWithoutHysteresis) && buffer - queued < queued / 2) return false;
  return (queued << (for_poll ? 1 : 0)) < options_.not_sent_low_water;
}

long TcpSocket::send(const ScatterList& from, int flags) {
  if (state_ == SocketState::kConnecting) return wait_or_again(flags, options_.send_timeout);
  const bool open = state_ == SocketState::kEstablished || state_ == SocketState::kCloseWait;
  if (!open || error_ != 0 || (shutdown_ & kSendShut) != 0) {
    const int error = take_error();
    return error != 0 && error != EPIPE ? -error : broken_pipe(flags);
  }
  if (from.size() == 0) return 0;
  if (writer_held_) {
    no_space_ = true;
    return wait_or_again(flags, options_.send_timeout);
  }
  const std::size_t sent = transmit(from, (flags & MSG_OOB) != 0);
  if (sent == from.size()) return static_cast<long>(sent);
  if (waits(flags)) return wait_or_again(flags, options_.send_timeout, sent);
  return sent == 0 ? -EAGAIN : static_cast<long>(sent);
}

long TcpSocket::receive(const ScatterList& to, int flags) {
  if ((flags & MSG_ERRQUEUE) != 0) return -EAGAIN;  // nothing is ever put there
  if (listening()) return -ENOTCONN;
  if ((flags & MSG_OOB) != 0) return receive_urgent(to, flags);
  const auto [skipped, length] = readable_up_to(to.size());
  const bool peek = (flags & MSG_PEEK) != 0;
  if ((flags & MSG_TRUNC) == 0)
    receive_queue_.copy_to(to, length, skipped);  // else dropped, tcp(7)
  if (!peek) {
    receive_queue_.consume(skipped + length);
    pass_urgent_mark(skipped + length);
    if (mutated(Mutation::kEdgeAfterPartialRead) && !receive_queue_.empty()) wake(kWakeReadable);
    open_window();
    if (length != 0 && peer_ != nullptr) peer_->release_writer();
  }
  if (length == 0 && (to.size() != 0 || receive_queue_.empty())) return receive_nothing(flags);
  const auto low_water = static_cast<std::size_t>(options_.receive_low_water);
  const std::size_t target =
      (flags & MSG_WAITALL) != 0 ? to.size() : std::min(low_water, to.size());
  if (length < target && waits(flags) && error_ == 0 && state_ != SocketState::kClosed &&
      (shutdown_ & kReceiveShut) == 0) {
    const long result = wait_or_again(flags, options_.receive_timeout, peek ? 0 : length);
    if (peek && length != 0) machine().block.at_deadline = static_cast<long>(length);
    return result;
  }
  return static_cast<long>(length);
}

// A FIN ends the input before any error is looked at: after FIN and reset, input is just over.
long TcpSocket::receive_nothing(int flags) {
  if (fin_received_) return 0;
  if (error_ != 0) return -take_error();
  if ((shutdown_ & kReceiveShut) != 0) return 0;
  if (state_ == SocketState::kClosed) return -ENOTCONN;
  return wait_or_again(flags, options_.receive_timeout);
}

long TcpSocket::shutdown(int how) {
  if (how < SHUT_RD || how > SHUT_RDWR) return -EINVAL;
  const auto directions = static_cast<std::uint8_t>(how + 1);
  long result = 0;
  if (connect_call_ == ConnectCall::kUnreported) {
    const bool failed = state_ == SocketState::kClosed;
    connect_call_ = failed ? ConnectCall::kGivenUp : ConnectCall::kNone;
  }
  if (listening()) {
    if ((directions & kReceiveShut) != 0) {
      drop_pending();
      state_ = SocketState::kClosed;
      shutdown_ = 0;
      wake(kWakeError);
    }
  } else if (state_ == SocketState::kConnecting) {
    become_closed();
    shutdown_ = 0;
    remote_address() = {};
  } else {
    if (state_ == SocketState::kClosed) result = -ENOTCONN;
    shutdown_ |= directions;
    if ((directions & kSendShut) != 0 && close_connection()) announce_window();
  }
  if (!mutated(Mutation::kShutdownDoesNotWake)) wake(kWakeAll);
  return result;
}

// Queues this end's FIN; false when that was done before, or there is no connection.
bool TcpSocket::close_connection() {
  if (state_ == SocketState::kEstablished) {
    state_ = SocketState::kFinWait1;
  } else if (state_ == SocketState::kCloseWait) {
    state_ = SocketState::kLastAck;
  } else {
    return false;
  }
  fin_queued_ = true;
  if (send_queue_.empty()) transmit_fin();
  return true;
}

bool TcpSocket::close_would_block() {
  const linger& option = options_.linger_close;
  if (option.l_onoff == 0 || option.l_linger == 0 || send_queue_.empty() ||
      !receive_queue_.empty()) {
    return false;
  }
  if (linger_deadline_ == kNever) {
    linger_deadline_ = machine().clock.after(option.l_linger * kSecond);
  }
  if (machine().clock.monotonic() >= linger_deadline_) return false;
  machine().block = {linger_deadline_, 0, 0};
  return true;
}

// close(2) on the last descriptor. Unread data is answered with a reset, RFC 2525 section 2.17.
void TcpSocket::release() {
  machine().network.unbind(*this);
  orphan_ = true;
  if (listening()) drop_pending();
  shutdown_ = kBothShut;
  const bool was_closed = state_ == SocketState::kClosed || listening();
  const bool unread_data = !receive_queue_.empty() && !mutated(Mutation::kNoResetOnUnreadData);
  receive_queue_.clear();
  if (was_closed || state_ == SocketState::kConnecting) {
    recycle();
  } else if (unread_data) {
    transmit_reset();
    recycle();
  } else if (options_.linger_close.l_onoff != 0 && options_.linger_close.l_linger == 0) {
    abort();
    recycle();
  } else {
    close_connection();
    // Data that still waits for a window finds no one, now or when the window is probed.
    if (peer_ != nullptr && !peer_->send_queue_.empty()) transmit_reset();
    if (send_queue_.empty() || peer_ == nullptr) recycle();
  }
}

void TcpSocket::abort() {
  const bool needs_reset = state_ == SocketState::kEstablished ||
                           state_ == SocketState::kCloseWait || state_ == SocketState::kFinWait1 ||
                           state_ == SocketState::kFinWait2;
  const bool in_flight = !send_queue_.empty();
  if (needs_reset || in_flight) transmit_reset();
  state_ = SocketState::kClosed;
  shutdown_ = kBothShut;
}

// The object's last moment: nothing of this end can reach anyone any more.
void TcpSocket::recycle() {
  unlink_peer();
  machine().timers.cancel(timer_);
  machine().tcp_sockets.give_back(*this);
}

bool TcpSocket::has_peer_name() const {
  return state_ != SocketState::kClosed && state_ != SocketState::kListening &&
         state_ != SocketState::kConnecting;
}

void TcpSocket::receive_buffer_changed() { open_window(); }

void TcpSocket::low_water_changed() {
  if (reaches_low_water() || fin_received_) wake(kWakeReadable);
}

}  // namespace e3::sim
