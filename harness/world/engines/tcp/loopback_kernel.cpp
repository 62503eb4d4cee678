// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/loopback_kernel.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include "harness/world/socket_wire.h"

namespace e3 {
namespace {

constexpr int kLowestOwnDescriptor = 512;  // the target is given lower ones
constexpr in_port_t kFirstEphemeralPort = 32768;

long raw(long result) { return result >= 0 ? result : -errno; }

bool is_inet(const sockaddr_storage& address) {
  return address.ss_family == AF_INET || address.ss_family == AF_INET6;
}

// sin_port and sin6_port lie at the same offset.
in_port_t port_of(const sockaddr_storage& address) {
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

void set_port(sockaddr_storage& address, in_port_t port) {
  reinterpret_cast<sockaddr_in&>(address).sin_port = htons(port);
}

sockaddr_storage copy_of(const sockaddr* address, socklen_t size) {
  sockaddr_storage copy{};
  std::memcpy(&copy, address, std::min<std::size_t>(size, sizeof copy));
  return copy;
}

sockaddr_storage name_of(int fd) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size);
  return name;
}

// An address to reach a listener by, where it listens on all of them.
void make_reachable(sockaddr_storage& address) {
  auto& v4 = reinterpret_cast<sockaddr_in&>(address);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
  if (address.ss_family == AF_INET && v4.sin_addr.s_addr == htonl(INADDR_ANY)) {
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  if (address.ss_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr)) {
    v6.sin6_addr = in6addr_loopback;
  }
}

// Shows the target another port in an address that the kernel has filled in.
void show_port(in_port_t port, sockaddr* address, const socklen_t* size) {
  if (address == nullptr || *size < offsetof(sockaddr_in, sin_port) + sizeof(in_port_t)) return;
  if (address->sa_family != AF_INET && address->sa_family != AF_INET6) return;
  reinterpret_cast<sockaddr_in*>(address)->sin_port = htons(port);
}

}  // namespace

struct LoopbackKernel::Socket final : OpenFile {
  Socket() { is_socket = true; }
  in_port_t shown_port = 0;            // its own, as the target knows it
  std::optional<in_port_t> peer_port;  // of an accepted connection: what its peer really has
};

// A peer's socket that waits, after each of its actions, until the server's side knows.
class LoopbackKernel::LoopbackWire final : public Wire {
 public:
  // `end` is the kernel's note of this peer; it outlives the wire.
  LoopbackWire(PeerEnd& end, SockDiag& sock_diag)
      : wire_(end.fd), end_(&end), sock_diag_(&sock_diag) {}

  long send(const char* bytes, std::size_t size) override {
    return arrived(wire_.send(bytes, size));
  }
  long receive(char* buffer, std::size_t size) override {
    return arrived(wire_.receive(buffer, size));
  }
  void shutdown_write() override {
    wire_.shutdown_write();
    arrived(0);
  }
  void close() override {
    wire_.close();
    arrived(0);
  }
  void reset() override {
    wire_.reset();
    arrived(0);
  }

  bool is_ready(short events) {
    arrived(0);
    pollfd entry{.fd = wire_.fd(), .events = events, .revents = 0};
    return ::poll(&entry, 1, 0) == 1;
  }

 private:
  long arrived(long result) {
    end_->fd = wire_.fd();
    end_->connection.await_arrival(*sock_diag_, end_->fd);
    return result;
  }

  SocketWire wire_;
  PeerEnd* end_;
  SockDiag* sock_diag_;
};

LoopbackKernel::LoopbackKernel(TargetTurn& turn, std::uint16_t first_peer_port)
    : LinuxKernel(turn), next_peer_port_(first_peer_port), sock_diag_(kLowestOwnDescriptor) {}

Abilities LoopbackKernel::abilities() const {
  return {.tcp = true,
          .virtual_time = true,
          .inside_view = true,
          .can_hold = true,
          .small_windows = true,
          .faults = true};
}

void LoopbackKernel::await_arrival(const Socket& socket) {
  if (!socket.peer_port) return;
  const auto peer = peers_.find(*socket.peer_port);
  if (peer != peers_.end()) peer->second.connection.await_arrival(sock_diag_, peer->second.fd);
}

// --- Peers ------------------------------------------------------------------------------------

std::unique_ptr<Wire> LoopbackKernel::connect_peer(const ConnectOptions& options) {
  const std::shared_ptr<Socket> listener = listening_.lock();
  if (listener == nullptr) return nullptr;
  sockaddr_storage server = name_of(number_of(*listener));
  make_reachable(server);
  const int made = ::socket(server.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made < 0) throw std::system_error(errno, std::generic_category(), "socket");
  const int fd = above_the_target(made);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (options.tiny_buffers) {  // before connect: it bounds the window that is announced
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &on, sizeof on);
  }
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0 &&
      errno != EINPROGRESS) {
    ::close(fd);
    return nullptr;
  }
  const sockaddr_storage peer = name_of(fd);
  const LoopbackConnection connection(peer, server);
  const in_port_t port = is_inet(peer) ? port_of(peer) : in_port_t{0};
  PeerEnd& end = peers_
                     .insert_or_assign(port, PeerEnd{.shown_port = next_peer_port_++,
                                                     .tiny_buffers = options.tiny_buffers,
                                                     .fd = fd,
                                                     .connection = connection})
                     .first->second;
  connection.await_arrival(sock_diag_, fd);
  return std::make_unique<LoopbackWire>(end, sock_diag_);
}

// Of a listener, tcp(7): connections that wait to be accepted in tcpi_unacked, the backlog in
// tcpi_sacked.
tcp_info LoopbackKernel::queue_of_listener() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (const std::shared_ptr<Socket> listener = listening_.lock()) {
    ::getsockopt(number_of(*listener), IPPROTO_TCP, TCP_INFO, &info, &size);
  }
  return info;
}

std::optional<std::size_t> LoopbackKernel::accept_queue() {
  return std::size_t{queue_of_listener().tcpi_sacked} + 1;
}

bool LoopbackKernel::accept_queue_is_full() {
  const tcp_info info = queue_of_listener();
  return info.tcpi_unacked > info.tcpi_sacked;
}

bool LoopbackKernel::wire_is_ready(Wire& wire, short events) {
  return static_cast<LoopbackWire&>(wire).is_ready(events);
}

bool LoopbackKernel::can_show(History history) const {
  return history == History::kConnectionAborted || InProcessKernel::can_show(history);
}

bool LoopbackKernel::abort_pending(int listener) {
  const linger abort{.l_onoff = 1, .l_linger = 0};
  pollfd entry{.fd = listener, .events = POLLIN, .revents = 0};
  if (file_of<Socket>(listener) == nullptr || ::poll(&entry, 1, 0) != 1) return false;
  const int pending = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (pending < 0) return false;
  ::setsockopt(pending, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  ::close(pending);
  return true;
}

// --- Sockets ----------------------------------------------------------------------------------

long LoopbackKernel::socket(int domain, int type, int protocol) {
  return adopt(::socket(domain, type, protocol), std::make_shared<Socket>());
}

long LoopbackKernel::bind(int fd, const sockaddr* address, socklen_t size) {
  const auto socket = file_of<Socket>(fd);
  if (socket == nullptr) return -ENOTSOCK;
  sockaddr_storage wanted = copy_of(address, size);
  if (is_inet(wanted)) {
    socket->shown_port = port_of(wanted) != 0 ? port_of(wanted) : kFirstEphemeralPort;
    set_port(wanted, 0);
  }
  return raw(::bind(fd, reinterpret_cast<const sockaddr*>(&wanted), size));
}

long LoopbackKernel::listen(int fd, int backlog) {
  const long result = raw(::listen(fd, backlog));
  if (result == 0) listening_ = file_of<Socket>(fd);
  return result;
}

// The world is closed: the target can reach its own listener, and nothing else.
long LoopbackKernel::connect(int fd, const sockaddr* address, socklen_t size) {
  sockaddr_storage wanted = copy_of(address, size);
  if (is_inet(wanted)) {
    const std::shared_ptr<Socket> listener = listening_.lock();
    if (listener == nullptr || listener->shown_port != port_of(wanted)) return -ECONNREFUSED;
    set_port(wanted, port_of(name_of(number_of(*listener))));
  }
  return raw(::connect(fd, reinterpret_cast<const sockaddr*>(&wanted), size));
}

long LoopbackKernel::accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  const auto listener = file_of<Socket>(fd);
  if (listener == nullptr) return -ENOTSOCK;
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  while (is_blocking(fd) && ::poll(&entry, 1, 0) == 0) {
    if (!turn().wait(std::nullopt)) return -EINTR;
  }
  sockaddr_storage peer{};
  socklen_t peer_size = sizeof peer;
  const int accepted = ::accept4(fd, reinterpret_cast<sockaddr*>(&peer), &peer_size, flags);
  if (accepted < 0) return -errno;
  auto connection = std::make_shared<Socket>();
  connection->shown_port = listener->shown_port;
  const auto known = is_inet(peer) ? peers_.find(port_of(peer)) : peers_.end();
  if (known != peers_.end()) {
    connection->peer_port = known->first;
    set_port(peer, known->second.shown_port);
    const int smallest = 1;  // raised to the minimum, socket(7)
    if (known->second.tiny_buffers) {
      ::setsockopt(accepted, SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest);
    }
  }
  if (address != nullptr) {
    std::memcpy(address, &peer, std::min(*size, peer_size));
    *size = peer_size;
  }
  return adopt(accepted, std::move(connection));
}

long LoopbackKernel::getsockname(int fd, sockaddr* address, socklen_t* size) {
  const long result = raw(::getsockname(fd, address, size));
  const auto socket = file_of<Socket>(fd);
  if (result == 0 && socket != nullptr && socket->shown_port != 0) {
    show_port(socket->shown_port, address, size);
  }
  return result;
}

long LoopbackKernel::getpeername(int fd, sockaddr* address, socklen_t* size) {
  const long result = raw(::getpeername(fd, address, size));
  const auto socket = file_of<Socket>(fd);
  if (result != 0 || socket == nullptr || !socket->peer_port) return result;
  show_port(peers_.at(*socket->peer_port).shown_port, address, size);
  return result;
}

long LoopbackKernel::getsockopt(int fd, int level, int name, void* value, socklen_t* size) {
  return raw(::getsockopt(fd, level, name, value, size));
}

long LoopbackKernel::setsockopt(int fd, int level, int name, const void* value, socklen_t size) {
  return raw(::setsockopt(fd, level, name, value, size));
}

// --- What the peer can notice -----------------------------------------------------------------

long LoopbackKernel::shutdown(int fd, int how) {
  const long result = LinuxKernel::shutdown(fd, how);
  if (const auto socket = file_of<Socket>(fd)) await_arrival(*socket);
  return result;
}

long LoopbackKernel::close(int fd) {
  const auto socket = file_of<Socket>(fd);
  const long result = LinuxKernel::close(fd);
  if (socket != nullptr) await_arrival(*socket);
  return result;
}

long LoopbackKernel::receive(ByteCall call, int fd, const iovec* parts, int count, int flags) {
  const long result = LinuxKernel::receive(call, fd, parts, count, flags);
  const auto socket = file_of<Socket>(fd);
  if (result > 0 && socket != nullptr) await_arrival(*socket);  // a window may have opened
  return result;
}

long LoopbackKernel::transmit(ByteCall call, int fd, const iovec* parts, int count, int flags) {
  const long result = LinuxKernel::transmit(call, fd, parts, count, flags);
  const auto socket = file_of<Socket>(fd);
  // With MSG_MORE the bytes are to stay where they are, up to 200 ms, until more follows: send(2).
  const bool goes_at_once = (flags & MSG_MORE) == 0;
  if (result > 0 && socket != nullptr && goes_at_once) await_arrival(*socket);
  return result;
}

}  // namespace e3
