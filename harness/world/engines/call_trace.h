// SPDX-License-Identifier: MIT
// Writes each call of the target into the transcript, like strace, and tells the world whether it
// brought anything forward. Descriptors appear by name (conn1), not by number: numbers depend on
// what else the process has open, names do not.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/world/engines/fault_injector.h"
#include "harness/world/engines/in_process_kernel.h"
#include "harness/world/engines/target_turn.h"

namespace e3 {

class CallTrace final : public SystemCalls {
 public:
  CallTrace(InProcessKernel& kernel, FaultInjector& injector, TargetTurn& turn)
      : kernel_(&kernel), injector_(&injector), turn_(&turn) {}

  // Calls no correct program makes, such as closing a descriptor twice.
  const std::vector<std::string>& misuse() const { return misuse_; }

  bool owns(int fd) const override { return kernel_->owns(fd); }
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
  long receive(const char* call, int fd, const iovec* parts, int count, int flags) override;
  long transmit(const char* call, int fd, const iovec* parts, int count, int flags) override;
  long epoll_create1(int flags) override;
  long epoll_ctl(int epoll, int operation, int fd, epoll_event* event) override;
  long epoll_wait(int epoll, epoll_event* events, int capacity,
                  std::optional<std::chrono::nanoseconds> timeout) override;
  long poll(pollfd* entries, nfds_t count,
            std::optional<std::chrono::nanoseconds> timeout) override;
  long eventfd(unsigned int initial, int flags) override;
  VirtualTime monotonic_now() override;
  VirtualTime realtime_now() override;
  void sleep(std::chrono::nanoseconds duration) override { kernel_->sleep(duration); }
  void unmodelled(const char* call) override { kernel_->unmodelled(call); }

 private:
  std::string name_of(int fd) const;
  Role role_of(int fd) const;
  FaultInjector::Call about(CallKind kind, int fd = -1) const;
  FaultInjector::Call moving(CallKind kind, int fd, int flags, std::size_t bytes) const;
  // Makes a call, unless a fault strikes it. `call` is told how many bytes it may move.
  template <typename Make>
  long made(const FaultInjector::Call& about, const Make& make);
  // Names the descriptor that a call returned, counting by kind.
  long named(long fd, const char* kind, Role role, std::string_view call);
  long log(long result, const std::string& call, bool progress);
  long log_noexcept(long result, const std::string& call, bool progress);
  void log_bytes(long result, const char* call, int fd, const iovec* parts, int count);

  InProcessKernel* kernel_;
  FaultInjector* injector_;
  TargetTurn* turn_;
  bool struck_ = false;  // the call being written down was struck by a fault
  std::map<int, std::string> names_;
  std::map<int, Role> roles_;
  std::size_t connections_ = 0;
  std::map<std::string_view, int> counts_;  // of each kind so far
  std::vector<std::string> misuse_;
};

}  // namespace e3
