// SPDX-License-Identifier: MIT
// Between the target and its kernel: lets faults strike, writes each call into the transcript, and
// tells the world whether it brought anything forward. Allocates nothing per call.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "harness/world/engines/call_log.h"
#include "harness/world/engines/fault_injector.h"
#include "harness/world/engines/in_process_kernel.h"
#include "harness/world/engines/target_turn.h"

namespace e3 {

class CallTrace final : public SystemCalls {
 public:
  CallTrace(InProcessKernel& kernel, FaultInjector& injector, CallLog& log, TargetTurn& turn)
      : kernel_(&kernel), injector_(&injector), log_(&log), turn_(&turn) {}

  // Calls no correct program makes, such as closing a descriptor twice.
  const std::vector<std::string>& misuse() const { return misuse_; }

  // Of a target that sleeps: the call for one connection that it does so in, as "recv(conn1)";
  // empty when it waits for whoever comes.
  std::string sleeps_in() const;
  // World::sleeps_beside_loop().
  std::string sleeps_beside_loop() const;
  std::size_t connections_accepted() const {
    return counts_[static_cast<std::size_t>(Role::kConnection)];
  }
  // Whether the last wait ended with an event.
  bool woken() const { return woken_; }

  bool owns(int fd) const override { return kernel_->owns(fd); }
  bool answers(int fd) const override { return kernel_->answers(fd); }
  bool has_process() const override { return kernel_->has_process(); }
  std::optional<rlim_t> descriptor_limit() const override { return kernel_->descriptor_limit(); }
  void set_descriptor_limit(rlim_t limit) override { kernel_->set_descriptor_limit(limit); }
  long socket(int domain, int type, int protocol) override;
  long bind(int fd, const sockaddr* address, socklen_t size) override;
  long listen(int fd, int backlog) override;
  long accept4(int fd, sockaddr* address, socklen_t* size, int flags) override;
  long getsockname(int fd, sockaddr* address, socklen_t* size) override;
  long getpeername(int fd, sockaddr* address, socklen_t* size) override;
  long getsockopt(int fd, int level, int name, void* value, socklen_t* size) override;
  long setsockopt(int fd, int level, int name, const void* value, socklen_t size) override;
  long fcntl(int fd, int command, long argument) override;
  long ioctl(int fd, unsigned long request, void* argument) override;
  long shutdown(int fd, int how) override;
  long fstat(int fd, struct stat* status) override { return kernel_->fstat(fd, status); }
  long close(int fd) override;
  long connect(int fd, const sockaddr* address, socklen_t size) override;
  long socketpair(int domain, int type, int protocol, int* ends) override;
  long dup(int fd) override;
  long dup2(int fd, int wanted) override;
  long dup3(int fd, int wanted, int flags) override;
  long pipe2(int* ends, int flags) override;
  long sendfile(int out, int in, off_t* offset, std::size_t size) override;
  long timerfd_create(int clock, int flags) override;
  long timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* old) override;
  long timerfd_gettime(int fd, itimerspec* value) override;
  long signalfd(int fd, const sigset_t* mask, int flags) override;
  long receive(ByteCall call, int fd, const iovec* parts, int count, int flags) override;
  long transmit(ByteCall call, int fd, const iovec* parts, int count, int flags) override;
  long epoll_create1(int flags) override;
  long epoll_ctl(int epoll, int operation, int fd, epoll_event* event) override;
  long epoll_wait(int epoll, epoll_event* events, int capacity,
                  std::optional<std::chrono::nanoseconds> timeout) override;
  long poll(pollfd* entries, nfds_t count,
            std::optional<std::chrono::nanoseconds> timeout) override;
  long eventfd(unsigned int initial, int flags) override;
  VirtualTime monotonic_now() override;
  VirtualTime realtime_now() override;
  void sleep(std::chrono::nanoseconds duration) override {
    current_ = {};
    kernel_->sleep(duration);
  }
  void processor_time_passed(std::chrono::milliseconds since_last) override {
    if (log_->stands_still()) turn_->computes(since_last);
  }
  void unmodelled(const char* call) override { kernel_->unmodelled(call); }

 private:
  // In place of a name: the target had a descriptor of this number, and has closed it.
  static constexpr DescriptorName kClosed{Role::kAny, true, 0};

  // How a call ended.
  struct Done {
    long result;
    bool struck = false;  // by a fault
  };

  DescriptorName name_of(int fd) const {
    const auto index = static_cast<std::size_t>(fd);
    return index < names_.size() && names_[index] != kClosed ? names_[index] : DescriptorName{};
  }
  // Names a descriptor that a call returned, counting by role.
  DescriptorName give_name(long fd, Role role, bool duplicate = false);
  // The target has closed what had this name, if anything.
  void take_name(int fd);
  bool has_closed(int fd) const {
    const auto index = static_cast<std::size_t>(fd);
    return index < names_.size() && names_[index] == kClosed;
  }

  // Makes a call, unless a fault strikes it. `make` is told how many of `bytes` it may move.
  template <typename Make>
  Done moved(CallKind kind, int fd, int flags, std::size_t bytes, const Make& make);
  template <typename Make>
  Done made(CallKind kind, int fd, const Make& make);

  TranscriptRecord& write_down(CallKind kind, DescriptorName on, Done done);
  // The call is over: lets the world stop a target that spins. Calls that libc declares noexcept
  // cannot be stopped there.
  long finish(Done done, bool progress) {
    if (!log_->count(progress, injector_->strikes())) turn_->spins();
    return done.result;
  }
  long finish_noexcept(Done done, bool progress) {
    if (!log_->count(progress, injector_->strikes())) turn_->spins_noexcept();
    return done.result;
  }
  // Asking the time for ever is a spin, too, unless asking takes time.
  void look_at_clock() {
    if (!log_->count_clock_look(turn_->clock_asked())) turn_->spins_noexcept();
  }
  // What is asked in passing is not in the transcript unless it fails.
  long finish_question(CallKind kind, int fd, Done done, long argument = 0);
  // The call returned a new descriptor, or failed to.
  long finish_descriptor(CallKind kind, DescriptorName on, Done done, Role role,
                         bool duplicate = false);
  long finish_duplicate(int original, Done done);
  long finish_pair(CallKind kind, Done done, const int* ends, Role role);
  void write_down_bytes(CallKind kind, ByteCall call, int fd, Done done, const iovec* parts,
                        int count, std::size_t total);
  // SIGPIPE is due. False: it ends the target.
  bool survives_sigpipe();
  std::string death_by_sigpipe(std::string_view call, int fd) const;
  void check_memory(ByteCall call, const iovec* parts, int count);

  // The last call that was begun.
  struct Begun {
    CallKind kind = CallKind::kEpollWait;
    int fd = -1;
  };

  InProcessKernel* kernel_;
  FaultInjector* injector_;
  CallLog* log_;
  TargetTurn* turn_;
  std::vector<DescriptorName> names_;  // by number
  std::array<std::uint32_t, kRoles> counts_{};
  std::uint32_t duplicates_ = 0;
  std::size_t connections_ = 0;  // open
  bool has_loop_ = false;        // waits for events
  bool woken_ = false;           // by one, last
  std::vector<std::string> misuse_;
  Begun current_;
};

template <typename Make>
CallTrace::Done CallTrace::moved(CallKind kind, int fd, int flags, std::size_t bytes,
                                 const Make& make) {
  current_ = {kind, fd};
  const auto announced = [&] {
    const DescriptorName name = name_of(fd);
    return FaultInjector::Call{kind, name, fd, flags, bytes, connections_};
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

inline TranscriptRecord& CallTrace::write_down(CallKind kind, DescriptorName on, Done done) {
  TranscriptRecord& record = log_->next();
  record.deed = static_cast<std::uint8_t>(kind);
  record.on = on;
  record.result = done.result;
  record.struck = done.struck;
  return record;
}

}  // namespace e3
