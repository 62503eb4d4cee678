// SPDX-License-Identifier: MIT
// Making, naming and closing descriptors. What is done with them is in socketpair_calls.cpp.
#include "harness/world/engines/socketpair/socketpair_kernel.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "harness/world/socket_wire.h"

namespace e3 {
namespace {

// The harness keeps its own ends up here, so that the target gets the numbers it would get.
constexpr int kHarnessDescriptors = 512;
constexpr in_port_t kFirstEphemeralPort = 32768;

int moved_up(int fd) {
  const int high = ::fcntl(fd, F_DUPFD_CLOEXEC, kHarnessDescriptors);
  if (high < 0) throw std::system_error(errno, std::generic_category(), "fcntl(F_DUPFD)");
  ::close(fd);
  return high;
}

}  // namespace

SocketpairKernel::SocketpairKernel(TargetTurn& turn, std::uint16_t first_peer_port)
    : InProcessKernel(turn), next_peer_port_(first_peer_port) {}

SocketpairKernel::~SocketpairKernel() {
  for (const Descriptor& descriptor : descriptors_) {
    for (const Arrival& arrival : descriptor.arrivals) ::close(arrival.fd);
    ::close(descriptor.fd);
  }
}

Abilities SocketpairKernel::abilities() const {
  return {.tcp = false,
          .virtual_time = true,
          .inside_view = true,
          .can_hold = true,
          .small_windows = true,
          .faults = true};
}

SocketpairKernel::Descriptor* SocketpairKernel::find(int fd) {
  const auto found = std::find_if(descriptors_.begin(), descriptors_.end(),
                                  [fd](const Descriptor& d) { return d.fd == fd; });
  return found == descriptors_.end() ? nullptr : &*found;
}

const SocketpairKernel::Descriptor* SocketpairKernel::find(int fd) const {
  return const_cast<SocketpairKernel*>(this)->find(fd);
}

bool SocketpairKernel::owns(int fd) const { return find(fd) != nullptr; }

SocketpairKernel::Descriptor& SocketpairKernel::add(int fd, Kind kind) {
  descriptors_.push_back({.fd = fd, .kind = kind, .arrivals = {}});
  return descriptors_.back();
}

bool SocketpairKernel::listening() const {
  return std::any_of(descriptors_.begin(), descriptors_.end(),
                     [](const Descriptor& d) { return d.kind == Kind::kListener; });
}

std::size_t SocketpairKernel::open_descriptors() const { return descriptors_.size(); }

std::unique_ptr<Wire> SocketpairKernel::connect_peer(const ConnectOptions& options) {
  const auto listener = std::find_if(descriptors_.begin(), descriptors_.end(),
                                     [](const Descriptor& d) { return d.kind == Kind::kListener; });
  if (listener == descriptors_.end()) return nullptr;
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
  listener->arrivals.push_back({.fd = moved_up(ends[0]), .peer_port = next_peer_port_++});
  ::eventfd_write(listener->fd, 1);  // each arrival is an edge
  return std::make_unique<SocketWire>(moved_up(ends[1]));
}

bool SocketpairKernel::can_show(History history) const {
  return history == History::kConnectionAborted || InProcessKernel::can_show(history);
}

bool SocketpairKernel::abort_pending(int listener) {
  Descriptor* socket = find(listener);
  if (socket == nullptr || socket->arrivals.empty()) return false;
  ::close(socket->arrivals.front().fd);
  socket->arrivals.pop_front();
  eventfd_t waiting = 0;
  if (socket->arrivals.empty()) ::eventfd_read(listener, &waiting);
  return true;
}

bool SocketpairKernel::writable(Wire& wire) {
  pollfd entry{.fd = static_cast<SocketWire&>(wire).fd(), .events = POLLOUT, .revents = 0};
  return ::poll(&entry, 1, 0) == 1;
}

long SocketpairKernel::socket(int domain, int type, int /*protocol*/) {
  if (domain != AF_INET && domain != AF_INET6 && domain != AF_UNIX) return -EAFNOSUPPORT;
  const int flags = ((type & SOCK_NONBLOCK) != 0 ? EFD_NONBLOCK : 0) |
                    ((type & SOCK_CLOEXEC) != 0 ? EFD_CLOEXEC : 0);
  const int fd = ::eventfd(0, flags);
  if (fd < 0) return -errno;
  add(fd, Kind::kSocket);
  return fd;
}

long SocketpairKernel::bind(int fd, const sockaddr* address, socklen_t size) {
  Descriptor& socket = *find(fd);
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in wanted{};
    std::memcpy(&wanted, address, sizeof wanted);
    socket.port = ntohs(wanted.sin_port);
  }
  if (socket.port == 0) socket.port = kFirstEphemeralPort;
  return 0;
}

long SocketpairKernel::listen(int fd, int /*backlog*/) {
  find(fd)->kind = Kind::kListener;
  return 0;
}

long SocketpairKernel::accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  if (find(fd)->kind != Kind::kListener) return -EINVAL;
  while (find(fd)->arrivals.empty() && is_blocking(fd)) turn().wait(std::nullopt);
  Descriptor& listener = *find(fd);
  if (listener.arrivals.empty()) return -EAGAIN;
  const Arrival arrival = listener.arrivals.front();
  const int accepted = ::fcntl(arrival.fd, (flags & SOCK_CLOEXEC) != 0 ? F_DUPFD_CLOEXEC : F_DUPFD,
                               0);  // lowest free
  if (accepted < 0) return -errno;
  ::close(arrival.fd);
  listener.arrivals.pop_front();
  eventfd_t waiting = 0;
  if (listener.arrivals.empty()) ::eventfd_read(fd, &waiting);
  ::fcntl(accepted, F_SETFL, (flags & SOCK_NONBLOCK) != 0 ? O_NONBLOCK : 0);
  if (address != nullptr) answer_address(arrival.peer_port, address, size);
  add(accepted, Kind::kConnection).port = arrival.peer_port;
  return accepted;
}

long SocketpairKernel::close(int fd) {
  if (const Descriptor* descriptor = find(fd)) {
    for (const Arrival& arrival : descriptor->arrivals) ::close(arrival.fd);
    descriptors_.erase(descriptors_.begin() + (descriptor - descriptors_.data()));
  }
  return ::close(fd) == 0 ? 0 : -errno;
}

long SocketpairKernel::epoll_create1(int flags) {
  const int fd = ::epoll_create1(flags);
  if (fd < 0) return -errno;
  add(fd, Kind::kEpoll);
  return fd;
}

long SocketpairKernel::eventfd(unsigned int initial, int flags) {
  const int fd = ::eventfd(initial, flags);
  if (fd < 0) return -errno;
  add(fd, Kind::kEvent);
  return fd;
}

}  // namespace e3
