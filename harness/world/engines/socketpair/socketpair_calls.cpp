// SPDX-License-Identifier: MIT
// What the target does with its descriptors: addresses, options, bytes, waiting, time.
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "harness/world/engines/socketpair/socketpair_kernel.h"

namespace e3 {
namespace {

// What the target's time(2) says when the world begins: 2024-01-01 00:00:00 UTC. Any constant
// would do; the real time would make two runs differ.
constexpr std::chrono::seconds kEpochAtStart(1704067200);

std::string outcome(long result) {
  if (result >= 0) return fmt::format("{}", result);
  return fmt::format("-1 {}", strerrorname_np(static_cast<int>(-result)));
}

std::size_t total_size(const iovec* parts, int count) {
  std::size_t total = 0;
  for (int i = 0; i < count; ++i) total += parts[i].iov_len;
  return total;
}

// The first bytes of a vector, for the transcript.
std::string preview(const iovec* parts, int count, long size) {
  std::string bytes;
  for (int i = 0; i < count && static_cast<long>(bytes.size()) < size; ++i) {
    const auto left = static_cast<std::size_t>(size) - bytes.size();
    bytes.append(static_cast<const char*>(parts[i].iov_base), std::min(parts[i].iov_len, left));
  }
  return quoted(bytes, 32);
}

std::string event_names(std::uint32_t events) {
  static constexpr struct {
    std::uint32_t bit;
    const char* name;
  } kNames[] = {{EPOLLIN, "IN"},   {EPOLLOUT, "OUT"},         {EPOLLRDHUP, "RDHUP"},
                {EPOLLPRI, "PRI"}, {EPOLLERR, "ERR"},         {EPOLLHUP, "HUP"},
                {EPOLLET, "ET"},   {EPOLLONESHOT, "ONESHOT"}, {EPOLLEXCLUSIVE, "EXCLUSIVE"}};
  std::string text;
  for (const auto& [bit, name] : kNames) {
    if ((events & bit) != 0) text += text.empty() ? name : fmt::format("|{}", name);
  }
  return text.empty() ? "0" : text;
}

bool ignores_sigpipe() {
  struct sigaction action {};
  sigaction(SIGPIPE, nullptr, &action);
  return action.sa_handler != SIG_DFL;
}

}  // namespace

long SocketpairKernel::log(long result, const std::string& call, bool progress) {
  turn_->called(fmt::format("{} = {}", call, outcome(result)), progress);
  return result;
}

// Descriptor numbers are not logged: they depend on what else the process has open.
long SocketpairKernel::log_noexcept(long result, const std::string& call, bool progress) {
  turn_->called_noexcept(fmt::format("{} = {}", call, result > 0 ? "ok" : outcome(result)),
                         progress);
  return result;
}

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

long SocketpairKernel::shutdown(int fd, int how) {
  const long result = ::shutdown(fd, how) == 0 ? 0 : -errno;
  return log_noexcept(result, fmt::format("shutdown({}, {})", name_of(fd), how),
                      /*progress=*/false);
}

// --- Bytes ------------------------------------------------------------------------------------

long SocketpairKernel::receive(const char* call, int fd, const iovec* parts, int count, int flags) {
  if (find(fd)->kind == Kind::kEvent) {
    const ssize_t got = ::readv(fd, parts, count);
    return log(got >= 0 ? got : -errno, fmt::format("{}({})", call, name_of(fd)), got > 0);
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts);
  message.msg_iovlen = static_cast<std::size_t>(count);
  long result = 0;
  while (true) {
    const ssize_t got = ::recvmsg(fd, &message, flags | MSG_DONTWAIT);
    result = got >= 0 ? got : -errno;
    if (result != -EAGAIN || (flags & MSG_DONTWAIT) != 0 || !is_blocking(fd)) break;
    turn_->wait(std::nullopt);
  }
  std::string line =
      fmt::format("{}({}, {}) = {}", call, name_of(fd), total_size(parts, count), outcome(result));
  if (result > 0) line += " " + preview(parts, count, result);
  turn_->called(line, result > 0);
  return result;
}

long SocketpairKernel::transmit(const char* call, int fd, const iovec* parts, int count,
                                int flags) {
  if (find(fd)->kind == Kind::kEvent) {
    const ssize_t put = ::writev(fd, parts, count);
    return log(put >= 0 ? put : -errno, fmt::format("{}({})", call, name_of(fd)), put > 0);
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts);
  message.msg_iovlen = static_cast<std::size_t>(count);
  long result = 0;
  while (true) {
    const ssize_t put = ::sendmsg(fd, &message, flags | MSG_DONTWAIT | MSG_NOSIGNAL);
    result = put >= 0 ? put : -errno;
    if (result != -EAGAIN || (flags & MSG_DONTWAIT) != 0 || !is_blocking(fd)) break;
    turn_->wait(std::nullopt);
  }
  std::string line =
      fmt::format("{}({}, {}) = {}", call, name_of(fd), total_size(parts, count), outcome(result));
  if (result > 0) line += " " + preview(parts, count, result);
  turn_->called(line, result > 0);
  if (result == -EPIPE && (flags & MSG_NOSIGNAL) == 0 && !ignores_sigpipe()) {
    turn_->die(fmt::format("killed by SIGPIPE in {}({})", call, name_of(fd)));
  }
  return result;
}

// --- Waiting and time -------------------------------------------------------------------------

template <typename Look>
long SocketpairKernel::wait_until(const Look& look,
                                  std::optional<std::chrono::nanoseconds> timeout) {
  std::optional<VirtualTime> deadline;
  if (timeout) deadline = turn_->now() + *timeout;
  while (true) {
    const long found = look();
    if (found != 0 || (deadline && turn_->now() >= *deadline)) return found;
    turn_->wait(deadline);
  }
}

long SocketpairKernel::epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  const long result = ::epoll_ctl(epoll, operation, fd, event) == 0 ? 0 : -errno;
  const char* verb = operation == EPOLL_CTL_ADD   ? "ADD"
                     : operation == EPOLL_CTL_MOD ? "MOD"
                                                  : "DEL";
  const std::string mask = event != nullptr ? event_names(event->events) : "-";
  return log_noexcept(
      result, fmt::format("epoll_ctl({}, {}, {}, {})", name_of(epoll), verb, name_of(fd), mask),
      /*progress=*/false);
}

long SocketpairKernel::epoll_wait(int epoll, epoll_event* events, int capacity,
                                  std::optional<std::chrono::nanoseconds> timeout) {
  const long count = wait_until(
      [&]() -> long {
        const int ready = ::epoll_wait(epoll, events, capacity, 0);
        return ready >= 0 ? ready : -errno;
      },
      timeout);
  // The user data is the target's own and may be a pointer: only the masks are repeatable.
  std::string line = fmt::format("epoll_wait({}) = {}", name_of(epoll), outcome(count));
  for (long i = 0; i < count; ++i) line += " " + event_names(events[i].events);
  turn_->called(line, false);
  return count;
}

long SocketpairKernel::poll(pollfd* entries, nfds_t count,
                            std::optional<std::chrono::nanoseconds> timeout) {
  const long ready = wait_until(
      [&]() -> long {
        const int found = ::poll(entries, count, 0);
        return found >= 0 ? found : -errno;
      },
      timeout);
  return log(ready, "poll()", false);
}

// A machine that has been up for a day: servers may take a clock near zero for "never".
VirtualTime SocketpairKernel::monotonic_now() {
  turn_->called_noexcept({}, false);  // polling the time for ever is a spin, too
  return std::chrono::hours(24) + turn_->now();
}

VirtualTime SocketpairKernel::realtime_now() {
  turn_->called_noexcept({}, false);
  return kEpochAtStart + turn_->now();
}

void SocketpairKernel::sleep(std::chrono::nanoseconds duration) {
  wait_until([]() -> long { return 0; }, duration);
}

void SocketpairKernel::unmodelled(const char* call) {
  turn_->halt(fmt::format(
      "it called {}, which the socketpair engine does not model; use --engine tcp", call));
}

}  // namespace e3
