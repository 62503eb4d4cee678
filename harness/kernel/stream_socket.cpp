// SPDX-License-Identifier: MIT
#include "stream_socket.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <csignal>

#include "machine.h"
#include "mutation.h"

namespace e3::sim {

// A read of nothing is over before the socket is asked; recv(2) asks it.
long StreamSocket::read(const ScatterList& to) { return to.size() == 0 ? 0 : receive(to, 0); }

long StreamSocket::write(const ScatterList& from) { return send(from, 0); }

long StreamSocket::listen(int backlog) {
  if (state_ != SocketState::kClosed && !listening()) return -EINVAL;
  const int limit = machine().config.backlog_max;
  backlog_ = backlog < 0 || backlog > limit ? limit : backlog;
  state_ = SocketState::kListening;
  return 0;
}

StreamSocket* StreamSocket::take_pending() {
  StreamSocket* child = pending_.pop_front();
  if (child != nullptr) --pending_count_;
  return child;
}

void StreamSocket::add_pending(StreamSocket& child) {
  pending_.push_back(child);
  ++pending_count_;
  wake(kWakeReadable);
}

void StreamSocket::drop_pending() {
  while (StreamSocket* child = take_pending()) {
    child->abort();
    child->drop_reference();
  }
}

int StreamSocket::take_error() {
  const int error = error_;
  if (!mutated(Mutation::kResetErrorNotCleared)) error_ = 0;
  return error;
}

void StreamSocket::open_socket(int flags, int family) {
  open(O_RDWR | (flags & O_NONBLOCK));
  state_ = SocketState::kClosed;
  shutdown_ = 0;
  no_space_ = false;
  writer_held_ = false;
  error_ = 0;
  receive_queue_.clear();
  send_queue_.clear();
  options_ = machine().config.socket_defaults;
  in_queue_ = {};
  pending_.clear();
  pending_count_ = 0;
  backlog_ = 0;
  local_address_ = SocketAddress::unnamed(family);
  remote_address_ = {};
}

long StreamSocket::ioctl(unsigned long request, int* argument) {
  if (request != FIONREAD && request != SIOCOUTQ) return -ENOTTY;
  if (listening()) return -EINVAL;
  *argument = static_cast<int>(request == FIONREAD ? input_queue() : output_queue());
  return 0;
}

bool StreamSocket::waits(int flags) const { return !non_blocking() && (flags & MSG_DONTWAIT) == 0; }

long StreamSocket::wait_or_again(int flags, Nanoseconds timeout, std::size_t progress) const {
  if (!waits(flags)) return -EAGAIN;
  machine().block = {timeout == 0 ? kNever : machine().clock.after(timeout), -EAGAIN, progress};
  return kWouldBlock;
}

long StreamSocket::broken_pipe(int flags) const {
  if ((flags & MSG_NOSIGNAL) == 0) machine().raise(SIGPIPE);
  return -EPIPE;
}

}  // namespace e3::sim
