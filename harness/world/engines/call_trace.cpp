// SPDX-License-Identifier: MIT
#include "harness/world/engines/call_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace e3 {
namespace {

std::string outcome(long result) {
  if (result >= 0) return fmt::format("{}", result);
  return fmt::format("-1 {}", strerrorname_np(static_cast<int>(-result)));
}

std::size_t total_size(const iovec* parts, int count) {
  std::size_t total = 0;
  for (int i = 0; i < count; ++i) total += parts[i].iov_len;
  return total;
}

// The first bytes of a vector.
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

std::string CallTrace::name_of(int fd) const {
  const auto found = names_.find(fd);
  return found != names_.end() ? found->second : "foreign";
}

long CallTrace::log(long result, const std::string& call, bool progress) {
  turn_->called(fmt::format("{} = {}", call, outcome(result)), progress);
  return result;
}

long CallTrace::log_noexcept(long result, const std::string& call, bool progress) {
  turn_->called_noexcept(fmt::format("{} = {}", call, outcome(result)), progress);
  return result;
}

long CallTrace::named(long fd, const char* kind, std::string_view call) {
  if (fd < 0) return log_noexcept(fd, std::string(call), false);
  const std::string name = fmt::format("{}{}", kind, ++counts_[kind]);
  names_[static_cast<int>(fd)] = name;
  turn_->called_noexcept(fmt::format("{} = {}", call, name), true);
  return fd;
}

// --- Making and closing descriptors -----------------------------------------------------------

long CallTrace::socket(int domain, int type, int protocol) {
  return named(kernel_->socket(domain, type, protocol), "socket", "socket()");
}

long CallTrace::listen(int fd, int backlog) {
  const long result = kernel_->listen(fd, backlog);
  if (result == 0 && !name_of(fd).starts_with("listener")) {
    names_[fd] = fmt::format("listener{}", ++counts_["listener"]);
  }
  return log_noexcept(result, fmt::format("listen({}, {})", name_of(fd), backlog), true);
}

long CallTrace::accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  const std::string call = fmt::format("accept4({})", name_of(fd));
  const long accepted = kernel_->accept4(fd, address, size, flags);
  if (accepted < 0) return log(accepted, call, false);
  return named(accepted, "conn", call);
}

long CallTrace::close(int fd) {
  const bool owned = kernel_->owns(fd);
  const std::string name = name_of(fd);
  const long result = kernel_->close(fd);
  if (owned) {
    names_.erase(fd);
    return log(result, fmt::format("close({})", name), true);
  }
  if (result == 0) return 0;  // a file of the target's
  misuse_.push_back(fmt::format("close() of a descriptor that is not open ({})",
                                strerrorname_np(static_cast<int>(-result))));
  return log(result, "close(stale)", false);
}

long CallTrace::socketpair(int domain, int type, int protocol, int* ends) {
  const long result = kernel_->socketpair(domain, type, protocol, ends);
  if (result != 0) return log_noexcept(result, "socketpair()", false);
  named(ends[0], "pair", "socketpair()[0]");
  named(ends[1], "pair", "socketpair()[1]");
  return 0;
}

long CallTrace::dup(int fd) {
  return named(kernel_->dup(fd), "dup", fmt::format("dup({})", name_of(fd)));
}

long CallTrace::dup2(int fd, int wanted) {
  return named(kernel_->dup2(fd, wanted), "dup", fmt::format("dup2({})", name_of(fd)));
}

long CallTrace::dup3(int fd, int wanted, int flags) {
  return named(kernel_->dup3(fd, wanted, flags), "dup", fmt::format("dup3({})", name_of(fd)));
}

long CallTrace::pipe2(int* ends, int flags) {
  const long result = kernel_->pipe2(ends, flags);
  if (result != 0) return log_noexcept(result, "pipe2()", false);
  named(ends[0], "pipe", "pipe2()[0]");
  named(ends[1], "pipe", "pipe2()[1]");
  return 0;
}

long CallTrace::epoll_create1(int flags) {
  return named(kernel_->epoll_create1(flags), "epoll", "epoll_create1()");
}

long CallTrace::eventfd(unsigned int initial, int flags) {
  return named(kernel_->eventfd(initial, flags), "event", "eventfd()");
}

long CallTrace::timerfd_create(int clock, int flags) {
  return named(kernel_->timerfd_create(clock, flags), "timer", "timerfd_create()");
}

long CallTrace::signalfd(int fd, const sigset_t* mask, int flags) {
  return named(kernel_->signalfd(fd, mask, flags), "signal", "signalfd()");
}

// --- Addresses and options: asked in passing, so not in the transcript unless they fail --------

long CallTrace::bind(int fd, const sockaddr* address, socklen_t size) {
  return log_noexcept(kernel_->bind(fd, address, size), fmt::format("bind({})", name_of(fd)), true);
}

long CallTrace::connect(int fd, const sockaddr* address, socklen_t size) {
  return log(kernel_->connect(fd, address, size), fmt::format("connect({})", name_of(fd)), true);
}

long CallTrace::getsockname(int fd, sockaddr* address, socklen_t* size) {
  return kernel_->getsockname(fd, address, size);
}

long CallTrace::getpeername(int fd, sockaddr* address, socklen_t* size) {
  const long result = kernel_->getpeername(fd, address, size);
  if (result < 0) log_noexcept(result, fmt::format("getpeername({})", name_of(fd)), false);
  return result;
}

long CallTrace::getsockopt(int fd, int level, int name, void* value, socklen_t* size) {
  return kernel_->getsockopt(fd, level, name, value, size);
}

long CallTrace::setsockopt(int fd, int level, int name, const void* value, socklen_t size) {
  const long result = kernel_->setsockopt(fd, level, name, value, size);
  if (result < 0) {
    log_noexcept(result, fmt::format("setsockopt({}, {}, {})", name_of(fd), level, name), false);
  }
  return result;
}

long CallTrace::fcntl(int fd, int command, long argument) {
  return kernel_->fcntl(fd, command, argument);
}

long CallTrace::ioctl(int fd, unsigned long request, void* argument) {
  return kernel_->ioctl(fd, request, argument);
}

long CallTrace::shutdown(int fd, int how) {
  return log_noexcept(kernel_->shutdown(fd, how), fmt::format("shutdown({}, {})", name_of(fd), how),
                      false);
}

// --- Bytes ------------------------------------------------------------------------------------

void CallTrace::log_bytes(long result, const char* call, int fd, const iovec* parts, int count) {
  std::string line =
      fmt::format("{}({}, {}) = {}", call, name_of(fd), total_size(parts, count), outcome(result));
  if (result > 0) line += " " + preview(parts, count, result);
  turn_->called(line, result > 0);
}

long CallTrace::receive(const char* call, int fd, const iovec* parts, int count, int flags) {
  const long result = kernel_->receive(call, fd, parts, count, flags);
  log_bytes(result, call, fd, parts, count);
  return result;
}

long CallTrace::transmit(const char* call, int fd, const iovec* parts, int count, int flags) {
  const long result = kernel_->transmit(call, fd, parts, count, flags);
  log_bytes(result, call, fd, parts, count);
  if (result == -EPIPE && (flags & MSG_NOSIGNAL) == 0 && !ignores_sigpipe()) {
    turn_->die(fmt::format("killed by SIGPIPE in {}({})", call, name_of(fd)));
  }
  return result;
}

long CallTrace::sendfile(int out, int in, off_t* offset, std::size_t size) {
  const long result = kernel_->sendfile(out, in, offset, size);
  return log_noexcept(result, fmt::format("sendfile({}, {})", name_of(out), size), result > 0);
}

// --- Waiting and time -------------------------------------------------------------------------

long CallTrace::epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  const long result = kernel_->epoll_ctl(epoll, operation, fd, event);
  const char* verb = operation == EPOLL_CTL_ADD   ? "ADD"
                     : operation == EPOLL_CTL_MOD ? "MOD"
                                                  : "DEL";
  const std::string mask = event != nullptr ? event_names(event->events) : "-";
  return log_noexcept(
      result, fmt::format("epoll_ctl({}, {}, {}, {})", name_of(epoll), verb, name_of(fd), mask),
      /*progress=*/false);
}

long CallTrace::epoll_wait(int epoll, epoll_event* events, int capacity,
                           std::optional<std::chrono::nanoseconds> timeout) {
  const long count = kernel_->epoll_wait(epoll, events, capacity, timeout);
  // The user data is the target's own and may be a pointer: only the masks are repeatable.
  std::string line = fmt::format("epoll_wait({}) = {}", name_of(epoll), outcome(count));
  for (long i = 0; i < count; ++i) line += " " + event_names(events[i].events);
  turn_->called(line, /*progress=*/false);
  return count;
}

long CallTrace::poll(pollfd* entries, nfds_t count,
                     std::optional<std::chrono::nanoseconds> timeout) {
  return log(kernel_->poll(entries, count, timeout), "poll()", /*progress=*/false);
}

long CallTrace::timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* old) {
  return log_noexcept(kernel_->timerfd_settime(fd, flags, value, old),
                      fmt::format("timerfd_settime({})", name_of(fd)), /*progress=*/false);
}

long CallTrace::timerfd_gettime(int fd, itimerspec* value) {
  return kernel_->timerfd_gettime(fd, value);
}

VirtualTime CallTrace::monotonic_now() {
  turn_->called_noexcept({}, /*progress=*/false);  // polling the time for ever is a spin, too
  return kernel_->monotonic_now();
}

VirtualTime CallTrace::realtime_now() {
  turn_->called_noexcept({}, /*progress=*/false);
  return kernel_->realtime_now();
}

}  // namespace e3
