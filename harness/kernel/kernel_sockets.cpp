// SPDX-License-Identifier: MIT
// Calls that make, name and connect sockets.
#include <fcntl.h>

#include <cerrno>

#include "kernel.h"
#include "machine.h"
#include "socket_call.h"

namespace e3::sim {

namespace {
constexpr int kTypeFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;
}

PeerSocket Kernel::connect_peer(const sockaddr* destination, socklen_t length) {
  const SocketAddress address(destination, length);
  StreamSocket& socket = machine_->new_socket(address.family(), O_NONBLOCK);
  if (machine_->network.connect(socket, address) != 0) socket.refuse();
  return PeerSocket(socket);
}

std::size_t Kernel::accept_queue(const sockaddr* destination, socklen_t length) const {
  const StreamSocket* listener =
      machine_->network.find_listener(SocketAddress(destination, length), 0);
  return listener != nullptr ? listener->queue_room() : 0;
}

bool Kernel::accept_queue_is_full(const sockaddr* destination, socklen_t length) const {
  const StreamSocket* listener =
      machine_->network.find_listener(SocketAddress(destination, length), 0);
  return listener != nullptr && listener->queue_full();
}

long Kernel::adopt_pair(int family, int flags, PeerSocket* peer) {
  if (!machine_->descriptors.has_free()) return -EMFILE;
  StreamSocket& own = machine_->new_socket(family, flags);
  StreamSocket& other = machine_->new_socket(family, O_NONBLOCK);
  own.pair_with(other);
  *peer = PeerSocket(other);
  return install(own, (flags & SOCK_CLOEXEC) != 0);
}

long Kernel::socket(int family, int type, int protocol) {
  if ((type & ~(kTypeFlags | 0xf)) != 0) return -EINVAL;
  if (family != AF_INET && family != AF_INET6 && family != AF_UNIX) return -EAFNOSUPPORT;
  if ((type & 0xf) != SOCK_STREAM) return -ESOCKTNOSUPPORT;
  const int own_protocol = family == AF_UNIX ? 0 : IPPROTO_TCP;
  if (protocol != 0 && protocol != own_protocol) return -EPROTONOSUPPORT;
  if (const long full = check_room(1); full != 0) return full;
  return install(machine_->new_socket(family, type), (type & SOCK_CLOEXEC) != 0);
}

long Kernel::socketpair(int family, int type, int protocol, int descriptors[2]) {
  if ((type & ~(kTypeFlags | 0xf)) != 0) return -EINVAL;
  if (family == AF_INET || family == AF_INET6) return -EOPNOTSUPP;
  if (family != AF_UNIX) return -EAFNOSUPPORT;
  if ((type & 0xf) != SOCK_STREAM) return -ESOCKTNOSUPPORT;
  if (protocol != 0) return -EPROTONOSUPPORT;
  if (const long full = check_room(2); full != 0) return full;
  StreamSocket& first = machine_->new_socket(family, type);
  StreamSocket& second = machine_->new_socket(family, type);
  first.pair_with(second);
  descriptors[0] = static_cast<int>(install(first, (type & SOCK_CLOEXEC) != 0));
  descriptors[1] = static_cast<int>(install(second, (type & SOCK_CLOEXEC) != 0));
  return 0;
}

long Kernel::bind(int fd, const sockaddr* address, socklen_t length) {
  const SocketCall call(*machine_, fd);
  if (!call.ok()) return call.error();
  const int family = call.socket().local_address().family();
  const SocketAddress wanted(address, length);
  if (wanted.length() == 0 || length < SocketAddress::least_length(family)) return -EINVAL;
  if (wanted.family() != family) return family == AF_UNIX ? -EINVAL : -EAFNOSUPPORT;
  if (call.socket().state() != SocketState::kClosed) return -EINVAL;
  return machine_->network.bind(call.socket(), wanted);
}

long Kernel::listen(int fd, int backlog) {
  const SocketCall call(*machine_, fd);
  if (!call.ok()) return call.error();
  StreamSocket& socket = call.socket();
  if (!machine_->network.is_bound(socket)) {
    if (socket.state() != SocketState::kClosed) return -EINVAL;
    const int family = socket.local_address().family();
    if (family == AF_UNIX) return -EINVAL;
    const long result = machine_->network.bind(socket, SocketAddress::unnamed(family));
    if (result != 0) return result;
  }
  return socket.listen(backlog);
}

// The descriptor is reserved before anything is looked at: at the limit the answer is EMFILE even
// if no connection waits, and one that waits stays.
long Kernel::accept4(int fd, sockaddr* address, socklen_t* length, int flags) {
  if ((flags & ~kTypeFlags) != 0) return -EINVAL;
  const Descriptor* descriptor = machine_->descriptors.find(fd);
  if (descriptor == nullptr) return -EBADF;
  if (!machine_->descriptors.has_free()) return -EMFILE;
  if (descriptor->file->kind() != FileKind::kSocket) return -ENOTSOCK;
  if (machine_->open_files >= machine_->config.open_files_max) return -ENFILE;
  auto& listener = static_cast<StreamSocket&>(*descriptor->file);
  if (!listener.listening()) return -EINVAL;
  StreamSocket* connection = listener.take_pending();
  if (connection == nullptr) return listener.wait_for_connection();
  connection->set_flags(O_RDWR | (flags & SOCK_NONBLOCK));
  connection->remote_address().write_to(address, length);
  return install(*connection, (flags & SOCK_CLOEXEC) != 0);
}

long Kernel::connect(int fd, const sockaddr* address, socklen_t length) {
  const SocketCall call(*machine_, fd);
  if (!call.ok()) return call.error();
  StreamSocket& socket = call.socket();
  const SocketAddress destination(address, length);
  const int family = socket.local_address().family();
  if (destination.length() == 0 || length < SocketAddress::least_length(family)) return -EINVAL;
  return socket.connect(destination);
}

long Kernel::shutdown(int fd, int how) {
  const SocketCall call(*machine_, fd);
  return call.ok() ? call.socket().shutdown(how) : call.error();
}

long Kernel::setsockopt(int fd, int level, int name, const void* value, socklen_t length) {
  const SocketCall call(*machine_, fd);
  return call.ok() ? set_socket_option(call.socket(), level, name, value, length) : call.error();
}

long Kernel::getsockopt(int fd, int level, int name, void* value, socklen_t* length) {
  const SocketCall call(*machine_, fd);
  return call.ok() ? get_socket_option(call.socket(), level, name, value, length) : call.error();
}

long Kernel::getsockname(int fd, sockaddr* address, socklen_t* length) {
  const SocketCall call(*machine_, fd);
  if (!call.ok()) return call.error();
  call.socket().local_address().write_to(address, length);
  return 0;
}

long Kernel::getpeername(int fd, sockaddr* address, socklen_t* length) {
  const SocketCall call(*machine_, fd);
  if (!call.ok()) return call.error();
  if (!call.socket().has_peer_name()) return -ENOTCONN;
  call.socket().remote_address().write_to(address, length);
  return 0;
}

}  // namespace e3::sim
