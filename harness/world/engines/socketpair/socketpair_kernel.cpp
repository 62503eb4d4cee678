// SPDX-License-Identifier: MIT
#include "harness/world/engines/socketpair/socketpair_kernel.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <system_error>
#include <utility>

#include "harness/world/socket_wire.h"

namespace e3 {
namespace {

constexpr in_port_t kFirstEphemeralPort = 32768;

struct Arrival {  // connected, not yet accepted
  int fd;
  std::uint16_t peer_port;
};

long answer_address(in_port_t port, sockaddr* address, socklen_t* size) {
  sockaddr_in answer{};
  answer.sin_family = AF_INET;
  answer.sin_port = htons(port);
  answer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::memcpy(address, &answer, std::min<std::size_t>(*size, sizeof answer));
  *size = sizeof answer;
  return 0;
}

}  // namespace

struct SocketpairKernel::Socket final : OpenFile {
  ~Socket() override {
    for (const Arrival& arrival : arrivals) ::close(arrival.fd);
  }
  in_port_t port = 0;
  bool listens = false;
  std::deque<Arrival> arrivals;
};

struct SocketpairKernel::Connection final : OpenFile {
  Connection(in_port_t own, in_port_t peer) : port(own), peer_port(peer) { is_socket = true; }
  in_port_t port;
  in_port_t peer_port;
};

SocketpairKernel::SocketpairKernel(TargetTurn& turn, std::uint16_t first_peer_port)
    : LinuxKernel(turn), next_peer_port_(first_peer_port) {}

Abilities SocketpairKernel::abilities() const {
  return {.tcp = false,
          .virtual_time = true,
          .inside_view = true,
          .can_hold = true,
          .small_windows = true,
          .faults = true,
          .repeatable = true};
}

std::unique_ptr<Wire> SocketpairKernel::connect_peer(const ConnectOptions& options) {
  const std::shared_ptr<Socket> listener = listening_.lock();
  if (listener == nullptr) return nullptr;
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  if (options.tiny_buffers) {
    const int smallest = 1;  // the kernel raises it to its minimum, socket(7)
    for (const int end : ends) {
      ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest);
    }
  }
  listener->arrivals.push_back({.fd = above_the_target(ends[0]), .peer_port = next_peer_port_++});
  ::eventfd_write(number_of(*listener), 1);  // each arrival is an edge
  return std::make_unique<SocketWire>(above_the_target(ends[1]));
}

bool SocketpairKernel::can_show(History history) const {
  return history == History::kConnectionAborted || InProcessKernel::can_show(history);
}

bool SocketpairKernel::abort_pending(int listener) {
  const auto socket = file_of<Socket>(listener);
  if (socket == nullptr || socket->arrivals.empty()) return false;
  ::close(socket->arrivals.front().fd);
  socket->arrivals.pop_front();
  eventfd_t waiting = 0;
  if (socket->arrivals.empty()) ::eventfd_read(listener, &waiting);
  return true;
}

bool SocketpairKernel::wire_is_ready(Wire& wire, short events) {
  pollfd entry{.fd = static_cast<SocketWire&>(wire).fd(), .events = events, .revents = 0};
  return ::poll(&entry, 1, 0) == 1;
}

long SocketpairKernel::socket(int domain, int type, int /*protocol*/) {
  if (domain != AF_INET && domain != AF_INET6 && domain != AF_UNIX) return -EAFNOSUPPORT;
  const int flags = ((type & SOCK_NONBLOCK) != 0 ? EFD_NONBLOCK : 0) |
                    ((type & SOCK_CLOEXEC) != 0 ? EFD_CLOEXEC : 0);
  return adopt(::eventfd(0, flags), std::make_shared<Socket>());
}

long SocketpairKernel::bind(int fd, const sockaddr* address, socklen_t size) {
  const auto socket = file_of<Socket>(fd);
  if (socket == nullptr) return -EINVAL;
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in wanted{};
    std::memcpy(&wanted, address, sizeof wanted);
    socket->port = ntohs(wanted.sin_port);
  }
  if (socket->port == 0) socket->port = kFirstEphemeralPort;
  return 0;
}

long SocketpairKernel::listen(int fd, int /*backlog*/) {
  const auto socket = file_of<Socket>(fd);
  if (socket == nullptr) return -EINVAL;
  socket->listens = true;
  listening_ = socket;
  return 0;
}

long SocketpairKernel::accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  const auto listener = file_of<Socket>(fd);
  if (listener == nullptr || !listener->listens) return -EINVAL;
  while (listener->arrivals.empty() && is_blocking(fd)) {
    if (!turn().wait(std::nullopt)) return -EINTR;
  }
  if (listener->arrivals.empty()) return -EAGAIN;
  const Arrival arrival = listener->arrivals.front();
  const int accepted = ::fcntl(arrival.fd, (flags & SOCK_CLOEXEC) != 0 ? F_DUPFD_CLOEXEC : F_DUPFD,
                               0);  // lowest free
  if (accepted < 0) return -errno;
  ::close(arrival.fd);
  listener->arrivals.pop_front();
  eventfd_t waiting = 0;
  if (listener->arrivals.empty()) ::eventfd_read(fd, &waiting);
  ::fcntl(accepted, F_SETFL, (flags & SOCK_NONBLOCK) != 0 ? O_NONBLOCK : 0);
  if (address != nullptr) answer_address(arrival.peer_port, address, size);
  return adopt(accepted, std::make_shared<Connection>(listener->port, arrival.peer_port));
}

long SocketpairKernel::getsockname(int fd, sockaddr* address, socklen_t* size) {
  if (const auto connection = file_of<Connection>(fd)) {
    return answer_address(connection->port, address, size);
  }
  const auto socket = file_of<Socket>(fd);
  return socket == nullptr ? -ENOTSOCK : answer_address(socket->port, address, size);
}

long SocketpairKernel::getpeername(int fd, sockaddr* address, socklen_t* size) {
  const auto connection = file_of<Connection>(fd);
  return connection == nullptr ? -ENOTCONN : answer_address(connection->peer_port, address, size);
}

long SocketpairKernel::getsockopt(int fd, int level, int name, void* value, socklen_t* size) {
  const auto socket = file_of<Socket>(fd);
  if (socket == nullptr && level == SOL_SOCKET) {
    return ::getsockopt(fd, level, name, value, size) == 0 ? 0 : -errno;
  }
  if (*size < sizeof(int)) return -EINVAL;
  int answer = 0;
  if (level == SOL_SOCKET && name == SO_TYPE) answer = SOCK_STREAM;
  if (level == SOL_SOCKET && name == SO_ACCEPTCONN) answer = socket->listens ? 1 : 0;
  std::memcpy(value, &answer, sizeof answer);
  *size = sizeof answer;
  return 0;
}

long SocketpairKernel::setsockopt(int fd, int level, int name, const void* value, socklen_t size) {
  if (file_of<Socket>(fd) != nullptr || level != SOL_SOCKET) return 0;
  return ::setsockopt(fd, level, name, value, size) == 0 ? 0 : -errno;
}

}  // namespace e3
