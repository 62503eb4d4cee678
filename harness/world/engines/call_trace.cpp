// SPDX-License-Identifier: MIT
#include "harness/world/engines/call_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace e3 {
namespace {

std::size_t total_size(const iovec* parts, int count) {
  std::size_t total = 0;
  for (int i = 0; i < count; ++i) total += parts[i].iov_len;
  return total;
}

std::string outcome(long result, bool struck) {
  const std::string_view cause = struck ? " (fault)" : "";
  if (result >= 0) return fmt::format("{}{}", result, cause);
  return fmt::format("-1 {}{}", strerrorname_np(static_cast<int>(-result)), cause);
}

// The vector cut after `limit` bytes.
class CutVector {
 public:
  CutVector(const iovec* parts, int count, std::size_t limit) : parts_(parts), count_(count) {
    if (total_size(parts, count) <= limit) return;
    for (int i = 0; i < count && limit > 0; ++i) {
      cut_.push_back({parts[i].iov_base, std::min(parts[i].iov_len, limit)});
      limit -= cut_.back().iov_len;
    }
    parts_ = cut_.data();
    count_ = static_cast<int>(cut_.size());
  }

  const iovec* parts() const { return parts_; }
  int count() const { return count_; }

 private:
  const iovec* parts_;
  int count_;
  std::vector<iovec> cut_;
};

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

CallKind epoll_ctl_kind(int operation) {
  switch (operation) {
    case EPOLL_CTL_ADD:
      return CallKind::kEpollAdd;
    case EPOLL_CTL_MOD:
      return CallKind::kEpollModify;
    default:
      return CallKind::kEpollDelete;
  }
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

Role CallTrace::role_of(int fd) const {
  const auto found = roles_.find(fd);
  return found != roles_.end() ? found->second : Role::kAny;
}

FaultInjector::Call CallTrace::about(CallKind kind, int fd) const { return moving(kind, fd, 0, 0); }

FaultInjector::Call CallTrace::moving(CallKind kind, int fd, int flags, std::size_t bytes) const {
  return {kind, role_of(fd), fd, flags, bytes, connections_};
}

template <typename Make>
long CallTrace::made(const FaultInjector::Call& about, const Make& make) {
  struck_ = false;
  const bool waits = about.kind == CallKind::kEpollWait || about.kind == CallKind::kPoll;
  if (!waits && !injector_->watching()) return make(about.bytes);
  const FaultInjector::Verdict verdict = injector_->begin(about);
  long result = verdict.result ? *verdict.result : make(verdict.bytes);
  struck_ = injector_->end(about, verdict, result);
  if (verdict.error_when_done && result >= 0) result = -*verdict.error_when_done;
  return result;
}

long CallTrace::log(long result, const std::string& call, bool progress) {
  turn_->called(fmt::format("{} = {}", call, outcome(result, struck_)), progress);
  return result;
}

long CallTrace::log_noexcept(long result, const std::string& call, bool progress) {
  turn_->called_noexcept(fmt::format("{} = {}", call, outcome(result, struck_)), progress);
  return result;
}

long CallTrace::named(long fd, const char* kind, Role role, std::string_view call) {
  if (fd < 0) return log_noexcept(fd, std::string(call), false);
  const std::string name = fmt::format("{}{}", kind, ++counts_[kind]);
  names_[static_cast<int>(fd)] = name;
  roles_[static_cast<int>(fd)] = role;
  if (role == Role::kConnection) ++connections_;
  turn_->called_noexcept(fmt::format("{} = {}", call, name), true);
  return fd;
}

// --- Making and closing descriptors -----------------------------------------------------------

long CallTrace::socket(int domain, int type, int protocol) {
  return named(made(about(CallKind::kSocket),
                    [&](std::size_t) { return kernel_->socket(domain, type, protocol); }),
               "socket", Role::kSocket, "socket()");
}

long CallTrace::listen(int fd, int backlog) {
  const long result =
      made(about(CallKind::kListen, fd), [&](std::size_t) { return kernel_->listen(fd, backlog); });
  if (result == 0 && !name_of(fd).starts_with("listener")) {
    names_[fd] = fmt::format("listener{}", ++counts_["listener"]);
    roles_[fd] = Role::kListener;
  }
  return log_noexcept(result, fmt::format("listen({}, {})", name_of(fd), backlog), true);
}

long CallTrace::accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  const std::string call = fmt::format("accept4({})", name_of(fd));
  const long accepted = made(about(CallKind::kAccept, fd), [&](std::size_t) {
    return kernel_->accept4(fd, address, size, flags);
  });
  if (accepted < 0) return log(accepted, call, false);
  return named(accepted, "conn", Role::kConnection, call);
}

long CallTrace::close(int fd) {
  const bool owned = kernel_->owns(fd);
  const std::string name = name_of(fd);
  const long result =
      owned ? made(about(CallKind::kClose, fd), [&](std::size_t) { return kernel_->close(fd); })
            : kernel_->close(fd);
  if (owned) {
    names_.erase(fd);
    if (role_of(fd) == Role::kConnection) --connections_;
    roles_.erase(fd);
    return log(result, fmt::format("close({})", name), true);
  }
  if (result == 0) return 0;  // a file of the target's
  misuse_.push_back(fmt::format("close() of a descriptor that is not open ({})",
                                strerrorname_np(static_cast<int>(-result))));
  return log(result, "close(stale)", false);
}

long CallTrace::socketpair(int domain, int type, int protocol, int* ends) {
  const long result = made(about(CallKind::kSocketpair), [&](std::size_t) {
    return kernel_->socketpair(domain, type, protocol, ends);
  });
  if (result != 0) return log_noexcept(result, "socketpair()", false);
  named(ends[0], "pair", Role::kPair, "socketpair()[0]");
  named(ends[1], "pair", Role::kPair, "socketpair()[1]");
  return 0;
}

long CallTrace::dup(int fd) {
  return named(made(about(CallKind::kDup, fd), [&](std::size_t) { return kernel_->dup(fd); }),
               "dup", role_of(fd), fmt::format("dup({})", name_of(fd)));
}

long CallTrace::dup2(int fd, int wanted) {
  return named(
      made(about(CallKind::kDup, fd), [&](std::size_t) { return kernel_->dup2(fd, wanted); }),
      "dup", role_of(fd), fmt::format("dup2({})", name_of(fd)));
}

long CallTrace::dup3(int fd, int wanted, int flags) {
  return named(made(about(CallKind::kDup, fd),
                    [&](std::size_t) { return kernel_->dup3(fd, wanted, flags); }),
               "dup", role_of(fd), fmt::format("dup3({})", name_of(fd)));
}

long CallTrace::pipe2(int* ends, int flags) {
  const long result =
      made(about(CallKind::kPipe), [&](std::size_t) { return kernel_->pipe2(ends, flags); });
  if (result != 0) return log_noexcept(result, "pipe2()", false);
  named(ends[0], "pipe", Role::kPipe, "pipe2()[0]");
  named(ends[1], "pipe", Role::kPipe, "pipe2()[1]");
  return 0;
}

long CallTrace::epoll_create1(int flags) {
  return named(made(about(CallKind::kEpollCreate),
                    [&](std::size_t) { return kernel_->epoll_create1(flags); }),
               "epoll", Role::kEpoll, "epoll_create1()");
}

long CallTrace::eventfd(unsigned int initial, int flags) {
  return named(made(about(CallKind::kEventfd),
                    [&](std::size_t) { return kernel_->eventfd(initial, flags); }),
               "event", Role::kEvent, "eventfd()");
}

long CallTrace::timerfd_create(int clock, int flags) {
  return named(made(about(CallKind::kTimerfdCreate),
                    [&](std::size_t) { return kernel_->timerfd_create(clock, flags); }),
               "timer", Role::kTimer, "timerfd_create()");
}

long CallTrace::signalfd(int fd, const sigset_t* mask, int flags) {
  return named(made(about(CallKind::kSignalfd),
                    [&](std::size_t) { return kernel_->signalfd(fd, mask, flags); }),
               "signal", Role::kSignal, "signalfd()");
}

// --- Addresses and options: asked in passing, so not in the transcript unless they fail --------

long CallTrace::bind(int fd, const sockaddr* address, socklen_t size) {
  return log_noexcept(made(about(CallKind::kBind, fd),
                           [&](std::size_t) { return kernel_->bind(fd, address, size); }),
                      fmt::format("bind({})", name_of(fd)), true);
}

long CallTrace::connect(int fd, const sockaddr* address, socklen_t size) {
  return log(made(about(CallKind::kConnect, fd),
                  [&](std::size_t) { return kernel_->connect(fd, address, size); }),
             fmt::format("connect({})", name_of(fd)), true);
}

long CallTrace::getsockname(int fd, sockaddr* address, socklen_t* size) {
  return made(about(CallKind::kGetsockname, fd),
              [&](std::size_t) { return kernel_->getsockname(fd, address, size); });
}

long CallTrace::getpeername(int fd, sockaddr* address, socklen_t* size) {
  const long result = made(about(CallKind::kGetpeername, fd),
                           [&](std::size_t) { return kernel_->getpeername(fd, address, size); });
  if (result < 0) log_noexcept(result, fmt::format("getpeername({})", name_of(fd)), false);
  return result;
}

long CallTrace::getsockopt(int fd, int level, int name, void* value, socklen_t* size) {
  return made(about(CallKind::kGetsockopt, fd),
              [&](std::size_t) { return kernel_->getsockopt(fd, level, name, value, size); });
}

long CallTrace::setsockopt(int fd, int level, int name, const void* value, socklen_t size) {
  const long result = made(about(CallKind::kSetsockopt, fd), [&](std::size_t) {
    return kernel_->setsockopt(fd, level, name, value, size);
  });
  if (result < 0) {
    log_noexcept(result, fmt::format("setsockopt({}, {}, {})", name_of(fd), level, name), false);
  }
  return result;
}

long CallTrace::fcntl(int fd, int command, long argument) {
  return made(about(CallKind::kFcntl, fd),
              [&](std::size_t) { return kernel_->fcntl(fd, command, argument); });
}

long CallTrace::ioctl(int fd, unsigned long request, void* argument) {
  return made(about(CallKind::kIoctl, fd),
              [&](std::size_t) { return kernel_->ioctl(fd, request, argument); });
}

long CallTrace::shutdown(int fd, int how) {
  return log_noexcept(
      made(about(CallKind::kShutdown, fd), [&](std::size_t) { return kernel_->shutdown(fd, how); }),
      fmt::format("shutdown({}, {})", name_of(fd), how), false);
}

// --- Bytes ------------------------------------------------------------------------------------

void CallTrace::log_bytes(long result, const char* call, int fd, const iovec* parts, int count) {
  std::string line = fmt::format("{}({}, {}) = {}", call, name_of(fd), total_size(parts, count),
                                 outcome(result, struck_));
  if (result > 0) line += " " + preview(parts, count, result);
  turn_->called(line, result > 0);
}

long CallTrace::receive(const char* call, int fd, const iovec* parts, int count, int flags) {
  const long result =
      made(moving(CallKind::kReceive, fd, flags, total_size(parts, count)), [&](std::size_t limit) {
        const CutVector cut(parts, count, limit);
        return kernel_->receive(call, fd, cut.parts(), cut.count(), flags);
      });
  log_bytes(result, call, fd, parts, count);
  return result;
}

long CallTrace::transmit(const char* call, int fd, const iovec* parts, int count, int flags) {
  const long result = made(moving(CallKind::kTransmit, fd, flags, total_size(parts, count)),
                           [&](std::size_t limit) {
                             const CutVector cut(parts, count, limit);
                             return kernel_->transmit(call, fd, cut.parts(), cut.count(), flags);
                           });
  log_bytes(result, call, fd, parts, count);
  if (result == -EPIPE && (flags & MSG_NOSIGNAL) == 0 && !ignores_sigpipe()) {
    turn_->die(fmt::format("killed by SIGPIPE in {}({})", call, name_of(fd)));
  }
  return result;
}

long CallTrace::sendfile(int out, int in, off_t* offset, std::size_t size) {
  const long result = made(moving(CallKind::kSendfile, out, 0, size), [&](std::size_t limit) {
    return kernel_->sendfile(out, in, offset, limit);
  });
  return log_noexcept(result, fmt::format("sendfile({}, {})", name_of(out), size), result > 0);
}

// --- Waiting and time -------------------------------------------------------------------------

long CallTrace::epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  const long result = made(about(epoll_ctl_kind(operation), fd), [&](std::size_t) {
    return kernel_->epoll_ctl(epoll, operation, fd, event);
  });
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
  const long count = made(about(CallKind::kEpollWait, epoll), [&](std::size_t) {
    return kernel_->epoll_wait(epoll, events, capacity, timeout);
  });
  // The user data is the target's own and may be a pointer: only the masks are repeatable.
  std::string line = fmt::format("epoll_wait({}) = {}", name_of(epoll), outcome(count, struck_));
  for (long i = 0; i < count; ++i) line += " " + event_names(events[i].events);
  turn_->called(line, /*progress=*/false);
  return count;
}

long CallTrace::poll(pollfd* entries, nfds_t count,
                     std::optional<std::chrono::nanoseconds> timeout) {
  return log(made(about(CallKind::kPoll),
                  [&](std::size_t) { return kernel_->poll(entries, count, timeout); }),
             "poll()", /*progress=*/false);
}

long CallTrace::timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* old) {
  return log_noexcept(
      made(about(CallKind::kTimerfdSettime, fd),
           [&](std::size_t) { return kernel_->timerfd_settime(fd, flags, value, old); }),
      fmt::format("timerfd_settime({})", name_of(fd)), /*progress=*/false);
}

long CallTrace::timerfd_gettime(int fd, itimerspec* value) {
  return made(about(CallKind::kTimerfdGettime, fd),
              [&](std::size_t) { return kernel_->timerfd_gettime(fd, value); });
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
