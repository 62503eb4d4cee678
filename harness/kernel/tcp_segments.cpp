// SPDX-License-Identifier: MIT
// What crosses the simulated wire: data, FIN, reset and their acknowledgements. A segment takes
// effect at the other end before the call that sent it returns, as on an idle loopback.
#include <algorithm>

#include "machine.h"
#include "mutation.h"
#include "tcp_socket.h"

namespace e3::sim {

namespace {
// How long Linux may hold back an acknowledgement (TCP_DELACK_MIN).
constexpr Nanoseconds kDelayedAcknowledgement = 40 * kMillisecond;
// The first probe of a closed window (TCP_RTO_MIN).
constexpr Nanoseconds kWindowProbe = 200 * kMillisecond;
// Segment size of the loopback device; a window smaller than that, or than half of the buffer, is
// not announced (silly window avoidance, RFC 9293 section 3.8.6.2.2).
constexpr std::size_t kSegmentMax = 65'483;
}  // namespace

// Hands over what fits into the peer's window and queues what fits behind it; how much in all.
std::size_t TcpSocket::transmit(const ScatterList& from, bool urgent) {
  std::size_t sent = 0;
  if (send_queue_.empty()) {
    if (peer_ == nullptr || peer_->refuses_data()) {
      sent = std::min(from.size(), send_room());
      if (urgent && peer_ != nullptr) peer_->urgent_refused(from);
      if (!mutated(Mutation::kLateDataIsNotReset)) data_refused();
      return sent;
    }
    acknowledge_fin_of_peer();
    sent = std::min(from.size(), peer_->receive_window());
    const std::size_t unread_before = peer_->receive_queue_.size();
    peer_->receive_queue_.append(from, 0, sent);
    if (sent != 0 && !(unread_before != 0 && mutated(Mutation::kNoEdgeOnSecondArrival))) {
      peer_->data_arrived();
    }
    // Urgency is lost on a byte that has to wait for the window.
    if (urgent && sent == from.size()) peer_->urgent_arrived(unread_before);
  }
  if (sent < from.size()) {
    const std::size_t queued = std::min(from.size() - sent, send_room());
    send_queue_.append(from, sent, queued);
    sent += queued;
    if (sent < from.size()) no_space_ = true;
  }
  announce_window();
  if (mutated(Mutation::kWriteSpaceAlwaysWakes)) wake(kWakeWritable);
  return sent;
}

// Bytes have been read here: tells the sender that there is room. Linux says nothing once the
// process has shut down its input; the sender finds out by its window probe.
void TcpSocket::open_window() {
  if (peer_ == nullptr || peer_->send_queue_.empty()) return;
  if ((shutdown_ & kReceiveShut) == 0) {
    peer_->transmit_queued();
  } else if (!peer_->timer_.armed()) {
    machine().timers.set(peer_->timer_, machine().clock.after(kWindowProbe));
  }
}

// Every segment tells the window; the sender may have been left in the dark until now.
void TcpSocket::announce_window() {
  if (peer_ != nullptr && !peer_->send_queue_.empty()) peer_->transmit_queued();
}

// The peer's window has opened, or its process reads no more.
void TcpSocket::transmit_queued() {
  const std::size_t capacity = static_cast<std::size_t>(peer_->options_.receive_buffer) / 2;
  const std::size_t window = peer_->receive_window();
  if (window < std::min(capacity / 2, kSegmentMax)) return;
  if (peer_->refuses_data()) {
    data_refused();
    return;
  }
  const std::size_t length = std::min(window, send_queue_.size());
  peer_->receive_queue_.append_from(send_queue_, length);
  if (length != 0) peer_->data_arrived();
  if (send_queue_.empty()) {
    if (fin_queued_) transmit_fin();
    if (orphan_) {
      recycle();
      return;
    }
  }
  check_write_space();
}

// Data after the receiver is gone, or after it shut down both directions (RFC 1122 section
// 4.2.2.13), is answered with a reset; a receiver that still has its socket is reset as well.
void TcpSocket::data_refused() {
  TcpSocket* receiver = peer_;
  unlink_peer();
  if (receiver != nullptr) receiver->reset_arrived();
  reset_arrived();
}

bool TcpSocket::refuses_data() const {
  const bool half_closed = state_ == SocketState::kFinWait1 || state_ == SocketState::kFinWait2;
  return orphan_ || (half_closed && (shutdown_ & kReceiveShut) != 0);
}

void TcpSocket::data_arrived() {
  if (reaches_low_water()) wake(kWakeReadable);
}

void TcpSocket::transmit_fin() {
  fin_queued_ = false;
  bool at_once = machine().config.fin_acknowledgement == FinAcknowledgement::kImmediate;
  if (peer_ == nullptr) {
    at_once = true;  // the other end's process has closed; its kernel acknowledges
  } else {
    acknowledge_fin_of_peer();
    at_once = at_once || peer_->state_ != SocketState::kEstablished;
    peer_->fin_arrived();
  }
  if (at_once) {
    fin_acknowledged();
  } else {
    machine().timers.set(timer_, machine().clock.after(kDelayedAcknowledgement));
  }
}

void TcpSocket::fin_arrived() {
  fin_received_ = true;
  shutdown_ |= kReceiveShut;
  if (state_ == SocketState::kEstablished) {
    state_ = SocketState::kCloseWait;
  } else if (state_ == SocketState::kFinWait1) {
    state_ = SocketState::kClosing;
  } else if (state_ == SocketState::kFinWait2) {
    become_closed();  // TIME_WAIT, which a process cannot tell from closed
  }
  wake(mutated(Mutation::kFinDoesNotWakeWriters) ? kWakeReadable : kWakeAll);
}

void TcpSocket::fin_acknowledged() {
  machine().timers.cancel(timer_);
  if (state_ == SocketState::kFinWait1) {
    state_ = SocketState::kFinWait2;
  } else if (state_ == SocketState::kClosing || state_ == SocketState::kLastAck) {
    become_closed();
  } else {
    return;
  }
  wake(kWakeAll);
}

// Whatever this end sends acknowledges all that has arrived.
void TcpSocket::acknowledge_fin_of_peer() {
  if (fin_received_ && peer_->timer_.armed()) peer_->fin_acknowledged();
}

void TcpSocket::transmit_reset() {
  TcpSocket* receiver = peer_;
  unlink_peer();
  if (receiver != nullptr) receiver->reset_arrived();
}

// Unread data stays readable; the error is reported once, by whoever asks first.
void TcpSocket::reset_arrived() {
  const bool after_fin = state_ == SocketState::kCloseWait;
  if (state_ == SocketState::kClosed) return;
  error_ = after_fin && !mutated(Mutation::kResetAfterFinIsConnectionReset) ? EPIPE : ECONNRESET;
  send_queue_.clear();
  if (mutated(Mutation::kResetPurgesReceiveQueue)) receive_queue_.clear();
  become_closed();
  if (orphan_) {
    recycle();
    return;
  }
  wake(kWakeAll);
  wake(kWakeError);
}

void TcpSocket::become_closed() {
  state_ = SocketState::kClosed;
  shutdown_ = kBothShut;
  machine().timers.cancel(timer_);
  unlink_peer();
}

void TcpSocket::check_write_space() {
  if (!no_space_ || !writable(false)) return;
  no_space_ = false;
  wake(kWakeWritable);
}

bool TcpSocket::fail(int error) {
  if (peer_ == nullptr || state_ == SocketState::kClosed) return false;
  TcpSocket* other = peer_;
  unlink_peer();
  other->reset_arrived();
  reset_arrived();
  error_ = error;
  return true;
}

bool TcpSocket::hold_writer() {
  const bool open = state_ == SocketState::kEstablished || state_ == SocketState::kCloseWait;
  if (!open || error_ != 0 || peer_ == nullptr) return false;
  no_space_ = true;
  if (peer_->receive_queue_.empty()) {
    check_write_space();
  } else {
    writer_held_ = true;
  }
  return true;
}

void TcpSocket::release_writer() {
  if (!writer_held_) return;
  writer_held_ = false;
  check_write_space();
}

void TcpSocket::unlink_peer() {
  if (peer_ == nullptr) return;
  peer_->peer_ = nullptr;
  peer_ = nullptr;
}

}  // namespace e3::sim
