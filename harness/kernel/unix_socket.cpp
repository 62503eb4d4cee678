// SPDX-License-Identifier: MIT
#include "unix_socket.h"

#include <algorithm>

#include "machine.h"
#include "packet_charge.h"

namespace e3::sim {

namespace {
constexpr int kDefaultBuffer = 212'992;  // net.core.wmem_default
}

void UnixSocket::create(int flags) {
  open_socket(flags, AF_UNIX);
  options_.send_buffer = options_.receive_buffer = kDefaultBuffer;
  peer_ = nullptr;
  reset_peer_ = false;
  charged_ = 0;
  packets_.clear();
  first_packet_ = 0;
}

std::uint32_t UnixSocket::poll() {
  std::uint32_t events = 0;
  if (error_ != 0) events |= EPOLLERR;
  if (shutdown_ == kBothShut || state_ == SocketState::kClosed) events |= EPOLLHUP;
  if ((shutdown_ & kReceiveShut) != 0) events |= EPOLLRDHUP | EPOLLIN | EPOLLRDNORM;
  if (!receive_queue_.empty() || has_pending()) events |= EPOLLIN | EPOLLRDNORM;
  if (writable()) events |= EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;
  return events;
}

// A quarter of the buffer may be charged; also true when the other end has gone, so that a writer
// does not wait for ever.
bool UnixSocket::writable() const {
  return !listening() && !writer_held_ &&
         charged_ * 4 <= static_cast<std::size_t>(options_.send_buffer);
}

long UnixSocket::destination_refused() const {
  return state_ == SocketState::kEstablished ? -EISCONN : -EOPNOTSUPP;
}

long UnixSocket::send(const ScatterList& from, int flags) {
  if ((flags & MSG_OOB) != 0) return -EOPNOTSUPP;
  if (state_ != SocketState::kEstablished) return -ENOTCONN;
  if ((shutdown_ & kSendShut) != 0) return broken_pipe(flags);
  std::size_t sent = 0;
  while (sent < from.size()) {
    if (error_ != 0) return sent != 0 ? static_cast<long>(sent) : -take_error();
    if (writer_held_ || charged_ >= static_cast<std::size_t>(options_.send_buffer)) {
      if (waits(flags)) return wait_or_again(flags, options_.send_timeout, sent);
      return sent != 0 ? static_cast<long>(sent) : -EAGAIN;
    }
    const std::size_t size =
        packet_size_of(from.size() - sent, static_cast<std::size_t>(options_.send_buffer));
    const std::size_t charge = charge_of_packet(size);
    charged_ += charge;
    peer_->receive_queue_.append(from, sent, size);
    peer_->packets_.push_back({size, charge});
    peer_->wake(kWakeReadable);
    sent += size;
  }
  return static_cast<long>(sent);
}

long UnixSocket::receive(const ScatterList& to, int flags) {
  if ((flags & MSG_OOB) != 0) return -EOPNOTSUPP;
  if (state_ != SocketState::kEstablished) return -EINVAL;
  const std::size_t length = std::min(to.size(), receive_queue_.size());
  const bool peek = (flags & MSG_PEEK) != 0;
  receive_queue_.copy_to(to, length);
  if (!peek) consume(length);
  if (length == 0 && (to.size() != 0 || receive_queue_.empty())) {
    if (error_ != 0) return -take_error();
    if ((shutdown_ & kReceiveShut) != 0) return 0;
    return wait_or_again(flags, options_.receive_timeout);
  }
  const auto low_water = static_cast<std::size_t>(options_.receive_low_water);
  const std::size_t target =
      (flags & MSG_WAITALL) != 0 ? to.size() : std::min(low_water, to.size());
  // Looking for more than is there, Linux takes the error although it then reports the bytes.
  const bool failed = length < target && take_error() != 0;
  if (length < target && !failed && !peek && waits(flags) && (shutdown_ & kReceiveShut) == 0) {
    return wait_or_again(flags, options_.receive_timeout, length);
  }
  return static_cast<long>(length);
}

// Frees every packet that has been read to its end, which tells the writer each time.
void UnixSocket::consume(std::size_t length) {
  if (length != 0 && peer_ != nullptr && peer_->writer_held_) {
    peer_->writer_held_ = false;
    peer_->give_back(0);
  }
  receive_queue_.consume(length);
  while (length != 0) {
    Packet& packet = packets_[first_packet_];
    const std::size_t part = std::min(length, packet.unread);
    packet.unread -= part;
    length -= part;
    if (packet.unread == 0) free_first_packet();
  }
}

void UnixSocket::free_first_packet() {
  const std::size_t charge = packets_[first_packet_++].charge;
  if (first_packet_ == packets_.size()) {
    packets_.clear();
    first_packet_ = 0;
  } else if (first_packet_ * 2 > packets_.size() && first_packet_ > 64) {
    packets_.erase(packets_.begin(), packets_.begin() + static_cast<std::ptrdiff_t>(first_packet_));
    first_packet_ = 0;
  }
  if (peer_ != nullptr) peer_->give_back(charge);
}

// Unlike TCP, each freed packet wakes the writer as long as it is writable, asked for or not.
void UnixSocket::give_back(std::size_t charge) {
  charged_ -= charge;
  if (writable()) wake(kWakeWritable);
}

long UnixSocket::shutdown(int how) {
  if (how < SHUT_RD || how > SHUT_RDWR) return -EINVAL;
  const auto directions = static_cast<std::uint8_t>(how + 1);
  shutdown_ |= directions;
  wake(kWakeAll);
  if (peer_ == nullptr) return 0;
  if ((directions & kReceiveShut) != 0) peer_->shutdown_ |= kSendShut;
  if ((directions & kSendShut) != 0) peer_->shutdown_ |= kReceiveShut;
  peer_->wake(kWakeAll);
  return 0;
}

long UnixSocket::connect(const SocketAddress& destination) {
  if (destination.family() != AF_UNIX) return -EINVAL;
  if (state_ == SocketState::kEstablished) return -EISCONN;
  if (state_ != SocketState::kClosed) return -EINVAL;
  const bool missing = !machine().network.is_taken(destination);
  if (missing && !destination.is_abstract()) return -ENOENT;
  const long result = machine().network.connect(*this, destination);
  if (result != 0) {
    state_ = SocketState::kClosed;
    return result;
  }
  return error_ != 0 ? -take_error() : 0;
}

void UnixSocket::connect_to(StreamSocket& listener) {
  UnixSocket& child = machine().unix_sockets.take(&machine());
  child.create(0);
  child.local_address() = listener.local_address();
  child.remote_address() = local_address();
  child.peer_ = this;
  peer_ = &child;
  child.state_ = state_ = SocketState::kEstablished;
  static_cast<UnixSocket&>(listener).add_pending(child);
}

void UnixSocket::pair_with(StreamSocket& other) {
  auto& peer = static_cast<UnixSocket&>(other);
  peer_ = &peer;
  peer.peer_ = this;
  remote_address() = peer.local_address();
  peer.remote_address() = local_address();
  state_ = peer.state_ = SocketState::kEstablished;
}

void UnixSocket::refuse() {
  state_ = SocketState::kClosed;
  error_ = ECONNREFUSED;
}

long UnixSocket::wait_for_room() { return wait_or_again(0, options_.send_timeout); }

// An AF_UNIX connection can only end as if the other process had closed it with unread data.
bool UnixSocket::fail(int error) {
  if (peer_ == nullptr || (error != ECONNRESET && error != EPIPE)) return false;
  UnixSocket& other = *peer_;
  peer_ = other.peer_ = nullptr;
  error_ = error == EPIPE ? 0 : error;
  other.error_ = ECONNRESET;
  for (UnixSocket* end : {this, &other}) {
    end->shutdown_ = kBothShut;
    end->wake(kWakeAll);
  }
  return true;
}

bool UnixSocket::hold_writer() {
  if (peer_ == nullptr || (shutdown_ & kSendShut) != 0 || error_ != 0) return false;
  writer_held_ = !peer_->receive_queue_.empty();
  give_back(0);
  return true;
}

void UnixSocket::release() {
  machine().network.unbind(*this);
  if (listening()) drop_pending();
  if (peer_ != nullptr) {
    UnixSocket& peer = *peer_;
    peer.shutdown_ = kBothShut;
    if (!receive_queue_.empty() || reset_peer_) peer.error_ = ECONNRESET;
    peer.wake(kWakeAll);
    while (!packets_.empty()) free_first_packet();
    peer.peer_ = nullptr;
  }
  machine().unix_sockets.give_back(*this);
}

}  // namespace e3::sim
