// SPDX-License-Identifier: MIT
// What the target does with its descriptors: addresses, options, bytes, waiting, time.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "harness/world/engines/socketpair/socketpair_kernel.h"

namespace e3 {
namespace {

// What the target's time(2) says when the world begins: 2024-01-01 00:00:00 UTC. Any constant
// would do; the real time would make two runs differ.
constexpr std::chrono::seconds kEpochAtStart(1704067200);

}  // namespace

bool SocketpairKernel::is_blocking(int fd) const {
  return (::fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

// --- Addresses and options --------------------------------------------------------------------

long SocketpairKernel::answer_address(in_port_t port, sockaddr* address, socklen_t* size) const {
  sockaddr_in answer{};
  answer.sin_family = AF_INET;
  answer.sin_port = htons(port);
  answer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::memcpy(address, &answer, std::min<std::size_t>(*size, sizeof answer));
  *size = sizeof answer;
  return 0;
}

long SocketpairKernel::getsockname(int fd, sockaddr* address, socklen_t* size) {
  const Descriptor& socket = *find(fd);
  if (socket.kind != Kind::kConnection) return answer_address(socket.port, address, size);
  const auto listener = std::find_if(descriptors_.begin(), descriptors_.end(),
                                     [](const auto& d) { return d.kind == Kind::kListener; });
  return answer_address(listener == descriptors_.end() ? in_port_t{0} : listener->port, address,
                        size);
}

long SocketpairKernel::getpeername(int fd, sockaddr* address, socklen_t* size) {
  const Descriptor& socket = *find(fd);
  if (socket.kind != Kind::kConnection) return -ENOTCONN;
  return answer_address(socket.port, address, size);
}

long SocketpairKernel::getsockopt(int fd, int level, int name, void* value, socklen_t* size) {
  if (find(fd)->kind == Kind::kConnection && level == SOL_SOCKET) {
    return ::getsockopt(fd, level, name, value, size) == 0 ? 0 : -errno;
  }
  if (*size < sizeof(int)) return -EINVAL;
  int answer = 0;
  if (level == SOL_SOCKET && name == SO_TYPE) answer = SOCK_STREAM;
  if (level == SOL_SOCKET && name == SO_ACCEPTCONN) answer = find(fd)->kind == Kind::kListener;
  std::memcpy(value, &answer, sizeof answer);
  *size = sizeof answer;
  return 0;
}

long SocketpairKernel::setsockopt(int fd, int level, int name, const void* value, socklen_t size) {
  if (find(fd)->kind != Kind::kConnection || level != SOL_SOCKET) return 0;
  return ::setsockopt(fd, level, name, value, size) == 0 ? 0 : -errno;
}

long SocketpairKernel::fcntl(int fd, int command, long argument) {
  if (command == F_DUPFD || command == F_DUPFD_CLOEXEC) unmodelled("fcntl(F_DUPFD)");
  const int result = ::fcntl(fd, command, argument);
  return result >= 0 ? result : -errno;
}

long SocketpairKernel::ioctl(int fd, unsigned long request, void* argument) {
  const int result = ::ioctl(fd, request, argument);
  return result >= 0 ? result : -errno;
}

long SocketpairKernel::shutdown(int fd, int how) { return ::shutdown(fd, how) == 0 ? 0 : -errno; }

// --- Bytes ------------------------------------------------------------------------------------

long SocketpairKernel::receive(const char* /*call*/, int fd, const iovec* parts, int count,
                               int flags) {
  if (find(fd)->kind == Kind::kEvent) {
    const ssize_t got = ::readv(fd, parts, count);
    return got >= 0 ? got : -errno;
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts);
  message.msg_iovlen = static_cast<std::size_t>(count);
  while (true) {
    const ssize_t got = ::recvmsg(fd, &message, flags | MSG_DONTWAIT);
    const long result = got >= 0 ? got : -errno;
    if (result != -EAGAIN || (flags & MSG_DONTWAIT) != 0 || !is_blocking(fd)) return result;
    turn().wait(std::nullopt);
  }
}

long SocketpairKernel::transmit(const char* /*call*/, int fd, const iovec* parts, int count,
                                int flags) {
  if (find(fd)->kind == Kind::kEvent) {
    const ssize_t put = ::writev(fd, parts, count);
    return put >= 0 ? put : -errno;
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts);
  message.msg_iovlen = static_cast<std::size_t>(count);
  while (true) {
    // SIGPIPE would end the harness; CallTrace lets the target die of it instead.
    const ssize_t put = ::sendmsg(fd, &message, flags | MSG_DONTWAIT | MSG_NOSIGNAL);
    const long result = put >= 0 ? put : -errno;
    if (result != -EAGAIN || (flags & MSG_DONTWAIT) != 0 || !is_blocking(fd)) return result;
    turn().wait(std::nullopt);
  }
}

// --- Waiting and time -------------------------------------------------------------------------

template <typename Look>
long SocketpairKernel::wait_until(const Look& look,
                                  std::optional<std::chrono::nanoseconds> timeout) {
  std::optional<VirtualTime> deadline;
  if (timeout) deadline = turn().now() + *timeout;
  while (true) {
    const long found = look();
    if (found != 0 || (deadline && turn().now() >= *deadline)) return found;
    if (!turn().wait(deadline)) return -EINTR;
  }
}

long SocketpairKernel::epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  return ::epoll_ctl(epoll, operation, fd, event) == 0 ? 0 : -errno;
}

long SocketpairKernel::epoll_wait(int epoll, epoll_event* events, int capacity,
                                  std::optional<std::chrono::nanoseconds> timeout) {
  return wait_until(
      [&]() -> long {
        const int ready = ::epoll_wait(epoll, events, capacity, 0);
        return ready >= 0 ? ready : -errno;
      },
      timeout);
}

long SocketpairKernel::poll(pollfd* entries, nfds_t count,
                            std::optional<std::chrono::nanoseconds> timeout) {
  return wait_until(
      [&]() -> long {
        const int ready = ::poll(entries, count, 0);
        return ready >= 0 ? ready : -errno;
      },
      timeout);
}

// A machine that has been up for a day: servers may take a clock near zero for "never".
VirtualTime SocketpairKernel::monotonic_now() { return std::chrono::hours(24) + turn().now(); }

VirtualTime SocketpairKernel::realtime_now() { return kEpochAtStart + turn().now(); }

void SocketpairKernel::sleep(std::chrono::nanoseconds duration) {
  wait_until([]() -> long { return 0; }, duration);
}

}  // namespace e3
