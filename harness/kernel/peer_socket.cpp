// SPDX-License-Identifier: MIT
#include "peer_socket.h"

#include <sys/socket.h>

#include "stream_socket.h"

namespace e3::sim {

bool PeerSocket::connected() const { return socket_->state() == SocketState::kEstablished; }

bool PeerSocket::connecting() const { return socket_->state() == SocketState::kConnecting; }

std::uint16_t PeerSocket::port() const { return socket_->local_address().port(); }

long PeerSocket::send(std::span<const std::byte> bytes, int flags) {
  const iovec piece{const_cast<std::byte*>(bytes.data()), bytes.size()};
  return socket_->send(ScatterList({&piece, 1}), flags | MSG_NOSIGNAL | MSG_DONTWAIT);
}

long PeerSocket::receive(std::span<std::byte> bytes, int flags) {
  const iovec piece{bytes.data(), bytes.size()};
  return socket_->receive(ScatterList({&piece, 1}), flags | MSG_DONTWAIT);
}

long PeerSocket::shutdown(int how) { return socket_->shutdown(how); }

void PeerSocket::close() {
  socket_->drop_reference();
  socket_ = nullptr;
}

void PeerSocket::reset() {
  socket_->options().linger_close = {1, 0};
  close();
}

std::size_t PeerSocket::unread() const { return socket_->unread(); }

std::size_t PeerSocket::unsent() const { return socket_->unsent(); }

bool PeerSocket::end_of_input() const { return socket_->end_of_input(); }

int PeerSocket::take_error() { return socket_->take_error(); }

std::uint32_t PeerSocket::poll() { return socket_->poll(); }

void PeerSocket::set_receive_buffer(int bytes) {
  socket_->options().receive_buffer = bytes;
  socket_->receive_buffer_changed();
}

}  // namespace e3::sim
