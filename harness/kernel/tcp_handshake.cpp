// SPDX-License-Identifier: MIT
// How a TCP connection begins: a SYN that is answered at once, refused, or dropped because the
// listener's queue is full and then sent again.
#include "machine.h"
#include "tcp_socket.h"

namespace e3::sim {

namespace {
constexpr Nanoseconds kFirstRetransmission = kSecond;
constexpr int kRetransmissionsMax = 6;  // net.ipv4.tcp_syn_retries
}  // namespace

void TcpSocket::connect_to(StreamSocket& listener) {
  TcpSocket& child = machine().tcp_sockets.take(&machine());
  const int family = listener.local_address().family();
  child.create(0, family);
  child.options_ = listener.options();
  child.local_address() = remote_address().seen_from(family);
  child.remote_address() = local_address().seen_from(family);
  child.peer_ = this;
  peer_ = &child;
  child.state_ = state_ = SocketState::kEstablished;
  machine().timers.cancel(timer_);
  wake(kWakeAll);
  static_cast<TcpSocket&>(listener).add_pending(child);
}

long TcpSocket::connect(const SocketAddress& destination) {
  if (destination.family() != local_address().family()) return -EAFNOSUPPORT;
  if (connect_call_ == ConnectCall::kGivenUp) return -EINVAL;
  if (connect_call_ == ConnectCall::kNone) {
    const bool used_before = remote_address().length() != 0;
    if (state_ != SocketState::kClosed || used_before) return -EISCONN;
    machine().network.connect(*this, destination);
    connect_call_ = ConnectCall::kUnreported;
    if (non_blocking()) return -EINPROGRESS;
  } else if (state_ == SocketState::kConnecting && non_blocking()) {
    return -EALREADY;
  }
  if (state_ == SocketState::kConnecting) return wait_or_again(0, options_.send_timeout);
  connect_call_ = ConnectCall::kNone;
  if (state_ != SocketState::kClosed) return 0;
  // A failed attempt leaves a socket that can try again.
  const int error = take_error();
  shutdown_ = 0;
  remote_address() = {};
  return error != 0 ? -error : -ECONNABORTED;
}

void TcpSocket::pair_with(StreamSocket& other) {
  auto& peer = static_cast<TcpSocket&>(other);
  const int family = local_address().family();
  Network& network = machine().network;
  local_address() = peer.remote_address() =
      SocketAddress::loopback(family, network.take_ephemeral_port());
  remote_address() = peer.local_address() =
      SocketAddress::loopback(family, network.take_ephemeral_port());
  peer_ = &peer;
  peer.peer_ = this;
  state_ = peer.state_ = SocketState::kEstablished;
}

void TcpSocket::refuse() { connection_failed(ECONNREFUSED); }

void TcpSocket::connection_failed(int error) {
  state_ = SocketState::kClosed;
  shutdown_ = kBothShut;
  error_ = error;
  wake(kWakeAll);
  wake(kWakeError);
}

long TcpSocket::wait_for_room() {
  syn_retransmissions_ = 0;
  machine().timers.set(timer_, machine().clock.after(kFirstRetransmission));
  return 0;
}

void TcpSocket::retransmit_syn() {
  if (++syn_retransmissions_ > kRetransmissionsMax) {
    connection_failed(ETIMEDOUT);
    return;
  }
  StreamSocket* listener =
      machine().network.find_listener(remote_address(), local_address().port());
  if (listener == nullptr) {
    refuse();
  } else if (listener->queue_full()) {
    machine().timers.set(timer_,
                         machine().clock.after(kFirstRetransmission << syn_retransmissions_));
  } else {
    connect_to(*listener);
  }
}

void TcpSocket::timer_expired(void* socket) {
  auto& self = *static_cast<TcpSocket*>(socket);
  if (self.state_ == SocketState::kConnecting) {
    self.retransmit_syn();
  } else if (!self.send_queue_.empty()) {
    if (self.peer_ != nullptr) self.transmit_queued();
  } else {
    self.fin_acknowledged();
  }
}

}  // namespace e3::sim
