// SPDX-License-Identifier: MIT
// Urgent data as Linux understands it (tcp(7), RFC 6093): one byte in the stream is marked. A
// normal receive stops before it and, the next time, skips it; MSG_OOB reads it out of turn.
#include <algorithm>

#include "tcp_socket.h"

namespace e3::sim {

// A mark that was never passed is forgotten when the next one comes, and its byte is ordinary data,
// unless the reader stands right before it: then the byte is dropped.
void TcpSocket::forget_urgent_mark(std::size_t unread) {
  if (at_urgent_mark() && unread != 0) receive_queue_.consume(1);
}

// The last byte that has arrived is urgent.
void TcpSocket::urgent_arrived(std::size_t unread_before) {
  forget_urgent_mark(unread_before);
  urgent_ = UrgentByte::kUnread;
  urgent_offset_ = receive_queue_.size() - 1;
  urgent_value_ = receive_queue_.at(urgent_offset_);
  wake(kWakeReadable);
}

// Linux looks at the mark before it finds that nobody reads any more.
void TcpSocket::urgent_refused(const ScatterList& data) {
  if (orphan_) return;
  forget_urgent_mark(receive_queue_.size());
  urgent_ = UrgentByte::kUnread;
  urgent_offset_ = receive_queue_.size() + data.size() - 1;
  data.for_each_run(data.size() - 1, 1, [this](const std::byte* byte, std::size_t /*length*/) {
    urgent_value_ = *byte;
  });
  wake(kWakeReadable);
}

// True when the next byte to read is the marked one and will be skipped.
bool TcpSocket::at_urgent_mark() const {
  return urgent_ != UrgentByte::kNone && urgent_offset_ == 0 && !options_.out_of_band_inline;
}

long TcpSocket::receive_urgent(const ScatterList& to, int flags) {
  if (options_.out_of_band_inline || urgent_ == UrgentByte::kNone ||
      urgent_ == UrgentByte::kTaken) {
    return -EINVAL;
  }
  if (state_ == SocketState::kClosed && !fin_received_) return -ENOTCONN;
  if ((flags & MSG_PEEK) == 0) urgent_ = UrgentByte::kTaken;
  const std::size_t length = std::min<std::size_t>(to.size(), 1);
  to.store(&urgent_value_, length);
  return static_cast<long>(length);
}

// Where a normal receive of up to `wanted` bytes starts and how far it goes.
TcpSocket::Readable TcpSocket::readable_up_to(std::size_t wanted) const {
  const std::size_t queued = receive_queue_.size();
  Readable result{0, std::min(wanted, queued)};
  if (urgent_ == UrgentByte::kNone || urgent_offset_ >= result.length) return result;
  if (urgent_offset_ > 0) return {0, urgent_offset_};
  if (at_urgent_mark()) return {1, std::min(wanted, queued - 1)};
  return result;
}

void TcpSocket::pass_urgent_mark(std::size_t consumed) {
  if (urgent_ == UrgentByte::kNone) return;
  if (consumed > urgent_offset_) {
    urgent_ = UrgentByte::kNone;
  } else {
    urgent_offset_ -= consumed;
  }
}

// FIONREAD counts up to the mark only.
std::size_t TcpSocket::input_queue() const {
  const std::size_t queued = receive_queue_.size();
  return urgent_ == UrgentByte::kNone ? queued : std::min(queued, urgent_offset_);
}

}  // namespace e3::sim
