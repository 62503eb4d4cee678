// SPDX-License-Identifier: MIT
#include "harness/world/engines/call_trace.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace e3 {

// --- Names and records ------------------------------------------------------------------------

DescriptorName CallTrace::give_name(long fd, Role role, bool duplicate) {
  take_name(static_cast<int>(fd));  // of what dup2(2) has closed
  if (role == Role::kConnection) ++connections_;
  std::uint32_t& count = duplicate ? duplicates_ : counts_[static_cast<std::size_t>(role)];
  return names_[static_cast<std::size_t>(fd)] = {role, duplicate, ++count};
}

void CallTrace::take_name(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= names_.size()) names_.resize(std::max<std::size_t>(index + 1, 32) * 2);
  if (names_[index].role() == Role::kConnection) --connections_;
  names_[index] = kClosed;
}

long CallTrace::finish_question(CallKind kind, int fd, Done done, long argument) {
  if (done.result >= 0) return done.result;
  write_down(kind, name_of(fd), done).argument = argument;
  return finish_noexcept(done, false);
}

long CallTrace::finish_descriptor(CallKind kind, DescriptorName on, Done done, Role role,
                                  bool duplicate) {
  TranscriptRecord& record = write_down(kind, on, done);
  if (done.result >= 0) {
    record.other = give_name(done.result, role, duplicate);
    record.result = 0;  // the number is the process's affair
  }
  return finish_noexcept(done, done.result >= 0);
}

long CallTrace::finish_duplicate(int original, Done done) {
  const DescriptorName name = name_of(original);
  return finish_descriptor(CallKind::kDup, name, done, name.role(), /*duplicate=*/true);
}

long CallTrace::finish_pair(CallKind kind, Done done, const int* ends, Role role) {
  if (done.result != 0) {
    write_down(kind, {}, done);
    return finish_noexcept(done, false);
  }
  finish_descriptor(kind, {}, {ends[0], done.struck}, role);
  finish_descriptor(kind, {}, {ends[1], done.struck}, role);
  return 0;
}

std::string CallTrace::sleeps_in() const {
  constexpr CallKind kMaySleep[] = {CallKind::kReceive, CallKind::kTransmit, CallKind::kSendfile,
                                    CallKind::kClose};
  const DescriptorName name = name_of(current_.fd);
  const bool sleeps =
      std::find(std::begin(kMaySleep), std::end(kMaySleep), current_.kind) != std::end(kMaySleep);
  if (!sleeps || name.role() != Role::kConnection) return "";
  return fmt::format("{}({}{})", to_string(current_.kind), to_string(name.role()), name.number());
}

std::string CallTrace::sleeps_beside_loop() const {
  if (!has_loop_) return "";
  if (current_.kind == CallKind::kAccept && connections_ > 0) {
    return fmt::format("accept(listener{})", name_of(current_.fd).number());
  }
  return sleeps_in();
}

// --- Making and closing descriptors -----------------------------------------------------------

long CallTrace::socket(int domain, int type, int protocol) {
  const Done done =
      made(CallKind::kSocket, -1, [&] { return kernel_->socket(domain, type, protocol); });
  return finish_descriptor(CallKind::kSocket, {}, done, Role::kSocket);
}

long CallTrace::listen(int fd, int backlog) {
  const Done done = made(CallKind::kListen, fd, [&] { return kernel_->listen(fd, backlog); });
  if (done.result == 0 && name_of(fd).role() != Role::kListener) give_name(fd, Role::kListener);
  write_down(CallKind::kListen, name_of(fd), done).argument = backlog;
  return finish_noexcept(done, true);
}

long CallTrace::accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  const Done done =
      made(CallKind::kAccept, fd, [&] { return kernel_->accept4(fd, address, size, flags); });
  if (done.result >= 0) {
    return finish_descriptor(CallKind::kAccept, name_of(fd), done, Role::kConnection);
  }
  write_down(CallKind::kAccept, name_of(fd), done);
  return finish(done, false);
}

long CallTrace::close(int fd) {
  if (kernel_->owns(fd)) {
    const DescriptorName name = name_of(fd);
    const Done done = made(CallKind::kClose, fd, [&] { return kernel_->close(fd); });
    take_name(fd);
    write_down(CallKind::kClose, name, done);
    return finish(done, true);
  }
  // A placeholder that /proc/self/fd lists: the target has never had it.
  if (kernel_->has_process() && kernel_->answers(fd) && !has_closed(fd)) return 0;
  const Done done{kernel_->close(fd)};
  if (done.result == 0) {  // a file of the target's, whose descriptor is free now
    injector_->descriptor_closed();
    take_name(fd);
    return 0;
  }
  // Many programs begin by closing whatever they may have inherited. What they have never had, they
  // close in vain and harm nobody.
  if (!kernel_->listening() || !has_closed(fd)) return finish(done, true);
  misuse_.push_back(fmt::format("close() of a descriptor that is not open ({})",
                                strerrorname_np(static_cast<int>(-done.result))));
  write_down(CallKind::kClose, {}, done);
  return finish(done, false);
}

long CallTrace::socketpair(int domain, int type, int protocol, int* ends) {
  const Done done = made(CallKind::kSocketpair, -1,
                         [&] { return kernel_->socketpair(domain, type, protocol, ends); });
  return finish_pair(CallKind::kSocketpair, done, ends, Role::kPair);
}

long CallTrace::pipe2(int* ends, int flags) {
  const Done done = made(CallKind::kPipe, -1, [&] { return kernel_->pipe2(ends, flags); });
  return finish_pair(CallKind::kPipe, done, ends, Role::kPipe);
}

long CallTrace::dup(int fd) {
  return finish_duplicate(fd, made(CallKind::kDup, fd, [&] { return kernel_->dup(fd); }));
}

long CallTrace::dup2(int fd, int wanted) {
  return finish_duplicate(fd, made(CallKind::kDup, fd, [&] { return kernel_->dup2(fd, wanted); }));
}

long CallTrace::dup3(int fd, int wanted, int flags) {
  return finish_duplicate(
      fd, made(CallKind::kDup, fd, [&] { return kernel_->dup3(fd, wanted, flags); }));
}

long CallTrace::epoll_create1(int flags) {
  const Done done = made(CallKind::kEpollCreate, -1, [&] { return kernel_->epoll_create1(flags); });
  return finish_descriptor(CallKind::kEpollCreate, {}, done, Role::kEpoll);
}

long CallTrace::eventfd(unsigned int initial, int flags) {
  const Done done = made(CallKind::kEventfd, -1, [&] { return kernel_->eventfd(initial, flags); });
  return finish_descriptor(CallKind::kEventfd, {}, done, Role::kEvent);
}

long CallTrace::timerfd_create(int clock, int flags) {
  const Done done =
      made(CallKind::kTimerfdCreate, -1, [&] { return kernel_->timerfd_create(clock, flags); });
  return finish_descriptor(CallKind::kTimerfdCreate, {}, done, Role::kTimer);
}

long CallTrace::signalfd(int fd, const sigset_t* mask, int flags) {
  const Done done =
      made(CallKind::kSignalfd, -1, [&] { return kernel_->signalfd(fd, mask, flags); });
  if (fd >= 0) return finish_question(CallKind::kSignalfd, fd, done);
  return finish_descriptor(CallKind::kSignalfd, {}, done, Role::kSignal);
}

// --- Addresses and options --------------------------------------------------------------------

long CallTrace::bind(int fd, const sockaddr* address, socklen_t size) {
  const Done done = made(CallKind::kBind, fd, [&] { return kernel_->bind(fd, address, size); });
  write_down(CallKind::kBind, name_of(fd), done);
  return finish_noexcept(done, true);
}

long CallTrace::connect(int fd, const sockaddr* address, socklen_t size) {
  const Done done =
      made(CallKind::kConnect, fd, [&] { return kernel_->connect(fd, address, size); });
  write_down(CallKind::kConnect, name_of(fd), done);
  return finish(done, true);
}

long CallTrace::getsockname(int fd, sockaddr* address, socklen_t* size) {
  return finish_question(CallKind::kGetsockname, fd, made(CallKind::kGetsockname, fd, [&] {
                           return kernel_->getsockname(fd, address, size);
                         }));
}

long CallTrace::getpeername(int fd, sockaddr* address, socklen_t* size) {
  return finish_question(CallKind::kGetpeername, fd, made(CallKind::kGetpeername, fd, [&] {
                           return kernel_->getpeername(fd, address, size);
                         }));
}

long CallTrace::getsockopt(int fd, int level, int name, void* value, socklen_t* size) {
  const Done done = made(CallKind::kGetsockopt, fd,
                         [&] { return kernel_->getsockopt(fd, level, name, value, size); });
  return finish_question(CallKind::kGetsockopt, fd, done, name);
}

long CallTrace::setsockopt(int fd, int level, int name, const void* value, socklen_t size) {
  const Done done = made(CallKind::kSetsockopt, fd,
                         [&] { return kernel_->setsockopt(fd, level, name, value, size); });
  return finish_question(CallKind::kSetsockopt, fd, done, name);
}

long CallTrace::fcntl(int fd, int command, long argument) {
  const Done done =
      made(CallKind::kFcntl, fd, [&] { return kernel_->fcntl(fd, command, argument); });
  const bool duplicates = command == F_DUPFD || command == F_DUPFD_CLOEXEC;
  return duplicates ? finish_duplicate(fd, done) : finish_question(CallKind::kFcntl, fd, done);
}

long CallTrace::ioctl(int fd, unsigned long request, void* argument) {
  return finish_question(CallKind::kIoctl, fd, made(CallKind::kIoctl, fd, [&] {
                           return kernel_->ioctl(fd, request, argument);
                         }));
}

long CallTrace::shutdown(int fd, int how) {
  const Done done = made(CallKind::kShutdown, fd, [&] { return kernel_->shutdown(fd, how); });
  write_down(CallKind::kShutdown, name_of(fd), done).argument = how;
  return finish_noexcept(done, false);
}

}  // namespace e3
