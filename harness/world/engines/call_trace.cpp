// SPDX-License-Identifier: MIT
#include "harness/world/engines/call_trace.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "harness/world/engines/sanitizer_memory.h"

namespace e3 {
namespace {

std::size_t total_size(const iovec* parts, int count) {
  std::size_t total = 0;
  for (int i = 0; i < count; ++i) total += parts[i].iov_len;
  return total;
}

// A vector cut after `limit` bytes.
class CutVector {
 public:
  CutVector(const iovec* parts, int count, std::size_t limit) {
    for (int i = 0; i < count && limit > 0; ++i) {
      parts_.push_back({parts[i].iov_base, std::min(parts[i].iov_len, limit)});
      limit -= parts_.back().iov_len;
    }
  }

  const iovec* parts() const { return parts_.data(); }
  int count() const { return static_cast<int>(parts_.size()); }

 private:
  std::vector<iovec> parts_;
};

// The calls' names as records have them, padded with zeros.
constexpr auto kSpellings = [] {
  std::array<std::array<char, sizeof TranscriptRecord::name>, kByteCallNames.size()> spellings{};
  for (std::size_t i = 0; i < kByteCallNames.size(); ++i) {
    std::copy(kByteCallNames[i].begin(), kByteCallNames[i].end(), spellings[i].begin());
  }
  return spellings;
}();

void spell(TranscriptRecord& record, ByteCall call) {
  std::memcpy(record.name, kSpellings[static_cast<std::size_t>(call)].data(), sizeof record.name);
}

// Keeps the first bytes of what was moved in several parts.
void keep_gathered(TranscriptRecord& record, const iovec* parts, int count) {
  const auto moved = static_cast<std::size_t>(record.result);
  std::byte bytes[TranscriptRecord::kPayloadMax];
  const std::size_t wanted = std::min(moved, sizeof bytes);
  std::size_t kept = 0;
  for (int part = 0; part < count && kept < wanted; ++part) {
    const std::size_t run = std::min(parts[part].iov_len, wanted - kept);
    std::memcpy(bytes + kept, parts[part].iov_base, run);
    kept += run;
  }
  record.keep(bytes, kept);
}

// The user data is the target's own and may be a pointer: only the masks are repeatable.
void keep_events(TranscriptRecord& record, const epoll_event* events) {
  const auto count = static_cast<std::size_t>(record.result);
  const std::size_t shown = std::min(count, TranscriptRecord::kMasksMax);
  std::uint32_t masks[TranscriptRecord::kMasksMax] = {};
  for (std::size_t i = 0; i < shown; ++i) masks[i] = events[i].events;
  std::memcpy(record.payload, masks, sizeof masks);
  record.payload_size = static_cast<std::uint8_t>(shown * sizeof masks[0]);
  auto rest = static_cast<std::uint64_t>(record.argument);  // unsigned: it is meant to wrap
  for (std::size_t i = shown; i < count; ++i) rest = rest * 31 + events[i].events;
  record.argument = static_cast<decltype(record.argument)>(rest);  // not shown, but hashed
}

bool ignores_sigpipe() {
  struct sigaction action {};
  sigaction(SIGPIPE, nullptr, &action);
  return action.sa_handler != SIG_DFL;
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

}  // namespace

// --- Names and records ------------------------------------------------------------------------

DescriptorName CallTrace::give_name(long fd, Role role, bool duplicate) {
  forget_name(static_cast<int>(fd));  // of what dup2(2) has closed
  const auto index = static_cast<std::size_t>(fd);
  if (index >= names_.size()) names_.resize(std::max<std::size_t>(index + 1, 32) * 2);
  if (role == Role::kConnection) ++connections_;
  std::uint32_t& count = duplicate ? duplicates_ : counts_[static_cast<std::size_t>(role)];
  return names_[index] = {role, duplicate, ++count};
}

void CallTrace::forget_name(int fd) {
  if (name_of(fd).role() == Role::kAny) return;
  DescriptorName& name = names_[static_cast<std::size_t>(fd)];
  if (name.role() == Role::kConnection) --connections_;
  name = {};
}

template <typename Make>
CallTrace::Done CallTrace::moved(CallKind kind, int fd, int flags, std::size_t bytes,
                                 const Make& make) {
  const auto announced = [&] {
    return FaultInjector::Call{kind, name_of(fd).role(), fd, flags, bytes, connections_};
  };
  const FaultInjector::Verdict* verdict =
      injector_->watching() ? &injector_->begin(announced()) : nullptr;
  const bool answered = verdict != nullptr && verdict->result;
  // `make` is called in one place only, where the compiler puts it in line.
  Done done{answered ? *verdict->result : make(verdict != nullptr ? verdict->bytes : bytes)};
  if (verdict != nullptr) {
    done.struck = injector_->end(announced(), *verdict, done.result);
    if (verdict->error_when_done && done.result >= 0) done.result = -*verdict->error_when_done;
  }
  return done;
}

template <typename Make>
CallTrace::Done CallTrace::made(CallKind kind, int fd, const Make& make) {
  return moved(kind, fd, 0, 0, [&make](std::size_t /*bytes*/) { return make(); });
}

TranscriptRecord& CallTrace::write_down(CallKind kind, DescriptorName on, Done done) {
  TranscriptRecord& record = log_->next();
  record.deed = static_cast<std::uint8_t>(kind);
  record.on = on;
  record.result = done.result;
  record.struck = done.struck;
  return record;
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
    forget_name(fd);
    write_down(CallKind::kClose, name, done);
    return finish(done, true);
  }
  const Done done{kernel_->close(fd)};
  if (done.result == 0) return 0;  // a file of the target's
  // Many programs begin by closing whatever they may have inherited.
  if (!kernel_->listening()) return finish(done, true);
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

// --- Bytes ------------------------------------------------------------------------------------

// A length beyond the end of a buffer is a bug though no byte of it may be touched this time.
void CallTrace::check_memory(ByteCall call, const iovec* parts, int count) {
  for (int i = 0; i < count; ++i) {
    if (!is_poisoned(parts[i].iov_base, parts[i].iov_len)) continue;
    misuse_.push_back(fmt::format("{}() was given {} bytes of memory, not all of which are there",
                                  to_string(call), parts[i].iov_len));
  }
}

// In line: more arguments than fit into registers.
[[gnu::always_inline]] inline void CallTrace::write_down_bytes(CallKind kind, ByteCall call, int fd,
                                                               Done done, const iovec* parts,
                                                               int count, std::size_t total) {
  TranscriptRecord& record = write_down(kind, name_of(fd), done);
  record.argument = static_cast<std::int64_t>(total);
  spell(record, call);
  if (done.result <= 0) return;
  const auto moved = static_cast<std::size_t>(done.result);
  if (moved <= parts[0].iov_len) {
    record.keep(parts[0].iov_base, moved);
  } else {
    keep_gathered(record, parts, count);
  }
}

long CallTrace::receive(ByteCall call, int fd, const iovec* parts, int count, int flags) {
  if (memory_is_known()) check_memory(call, parts, count);
  const std::size_t total = total_size(parts, count);
  const Done done = moved(CallKind::kReceive, fd, flags, total, [&](std::size_t limit) {
    if (limit == total) return kernel_->receive(call, fd, parts, count, flags);
    const CutVector cut(parts, count, limit);
    return kernel_->receive(call, fd, cut.parts(), cut.count(), flags);
  });
  if (done.result > 0) mark_filled(parts, count, static_cast<std::size_t>(done.result));
  write_down_bytes(CallKind::kReceive, call, fd, done, parts, count, total);
  return finish(done, done.result > 0);
}

long CallTrace::transmit(ByteCall call, int fd, const iovec* parts, int count, int flags) {
  if (memory_is_known()) check_memory(call, parts, count);
  const std::size_t total = total_size(parts, count);
  const Done done = moved(CallKind::kTransmit, fd, flags, total, [&](std::size_t limit) {
    if (limit == total) return kernel_->transmit(call, fd, parts, count, flags);
    const CutVector cut(parts, count, limit);
    return kernel_->transmit(call, fd, cut.parts(), cut.count(), flags);
  });
  write_down_bytes(CallKind::kTransmit, call, fd, done, parts, count, total);
  if (done.result == -EPIPE && (flags & MSG_NOSIGNAL) == 0 && !ignores_sigpipe()) {
    const DescriptorName name = name_of(fd);
    turn_->die(fmt::format("killed by SIGPIPE in {}({}{})", to_string(call), to_string(name.role()),
                           name.number()));
  }
  return finish(done, done.result > 0);
}

long CallTrace::sendfile(int out, int in, off_t* offset, std::size_t size) {
  const Done done = moved(CallKind::kSendfile, out, 0, size, [&](std::size_t limit) {
    return kernel_->sendfile(out, in, offset, limit);
  });
  write_down(CallKind::kSendfile, name_of(out), done).argument = static_cast<std::int64_t>(size);
  return finish_noexcept(done, done.result > 0);
}

// --- Waiting and time -------------------------------------------------------------------------

long CallTrace::epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  const CallKind kind = epoll_ctl_kind(operation);
  const Done done = made(kind, fd, [&] { return kernel_->epoll_ctl(epoll, operation, fd, event); });
  TranscriptRecord& record = write_down(kind, name_of(epoll), done);
  record.other = name_of(fd);
  if (event != nullptr && operation != EPOLL_CTL_DEL) record.mask = event->events;
  return finish_noexcept(done, /*progress=*/false);
}

long CallTrace::epoll_wait(int epoll, epoll_event* events, int capacity,
                           std::optional<std::chrono::nanoseconds> timeout) {
  const DescriptorName name = name_of(epoll);
  injector_->wait_begins(CallKind::kEpollWait, name.role());
  Done done = made(CallKind::kEpollWait, epoll,
                   [&] { return kernel_->epoll_wait(epoll, events, capacity, timeout); });
  done.struck = injector_->wait_ends(done.result);
  TranscriptRecord& record = write_down(CallKind::kEpollWait, name, done);
  if (done.result > 0) {
    mark_filled(events, static_cast<std::size_t>(done.result) * sizeof *events);
    keep_events(record, events);
  }
  return finish(done, /*progress=*/false);
}

long CallTrace::poll(pollfd* entries, nfds_t count,
                     std::optional<std::chrono::nanoseconds> timeout) {
  injector_->wait_begins(CallKind::kPoll, Role::kAny);
  Done done = made(CallKind::kPoll, -1, [&] { return kernel_->poll(entries, count, timeout); });
  done.struck = injector_->wait_ends(done.result);
  write_down(CallKind::kPoll, {}, done);
  return finish(done, /*progress=*/false);
}

long CallTrace::timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* old) {
  const Done done = made(CallKind::kTimerfdSettime, fd,
                         [&] { return kernel_->timerfd_settime(fd, flags, value, old); });
  write_down(CallKind::kTimerfdSettime, name_of(fd), done);
  return finish_noexcept(done, /*progress=*/false);
}

long CallTrace::timerfd_gettime(int fd, itimerspec* value) {
  return kernel_->timerfd_gettime(fd, value);
}

// Polling the time for ever is a spin, too, unless asking takes time.
VirtualTime CallTrace::monotonic_now() {
  finish_noexcept({0}, turn_->clock_asked());
  return kernel_->monotonic_now();
}

VirtualTime CallTrace::realtime_now() {
  finish_noexcept({0}, turn_->clock_asked());
  return kernel_->realtime_now();
}

}  // namespace e3
