// SPDX-License-Identifier: MIT
// The running kernel below an in-process target, in virtual time: waiting calls ask it with a
// timeout of zero and hand the turn to the scenario. What connections are is the engine's affair
// (SocketpairKernel, LoopbackKernel); everything else a server uses is here.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "harness/world/engines/in_process_kernel.h"
#include "harness/world/engines/linux/open_file.h"
#include "harness/world/engines/linux/virtual_timer.h"

namespace e3 {

class LinuxKernel : public InProcessKernel {
 public:
  using InProcessKernel::InProcessKernel;
  ~LinuxKernel() override;

  std::size_t open_descriptors() const override;
  std::optional<VirtualTime> next_timer() const override;
  void time_moved(VirtualTime now) override;
  bool step_realtime(VirtualTime by) override;

  bool owns(int fd) const override { return file_of(fd) != nullptr; }
  long fcntl(int fd, int command, long argument) override;
  long ioctl(int fd, unsigned long request, void* argument) override;
  long shutdown(int fd, int how) override;
  long fstat(int fd, struct stat* status) override;
  long close(int fd) override;
  long dup(int fd) override;
  long dup2(int fd, int wanted) override;
  long dup3(int fd, int wanted, int flags) override;
  long pipe2(int* ends, int flags) override;
  long socketpair(int domain, int type, int protocol, int* ends) override;
  long eventfd(unsigned int initial, int flags) override;
  long signalfd(int fd, const sigset_t* mask, int flags) override;
  long timerfd_create(int clock, int flags) override;
  long timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* old) override;
  long timerfd_gettime(int fd, itimerspec* value) override;
  long receive(ByteCall call, int fd, const iovec* parts, int count, int flags) override;
  long transmit(ByteCall call, int fd, const iovec* parts, int count, int flags) override;
  long epoll_create1(int flags) override;
  long epoll_ctl(int epoll, int operation, int fd, epoll_event* event) override;
  long epoll_wait(int epoll, epoll_event* events, int capacity,
                  std::optional<std::chrono::nanoseconds> timeout) override;
  long poll(pollfd* entries, nfds_t count,
            std::optional<std::chrono::nanoseconds> timeout) override;
  VirtualTime monotonic_now() override;
  VirtualTime realtime_now() override;
  void sleep(std::chrono::nanoseconds duration) override;

 protected:
  // Null where this kernel did not make `fd`.
  std::shared_ptr<OpenFile> file_of(int fd) const;
  template <typename File>
  std::shared_ptr<File> file_of(int fd) const {
    return std::dynamic_pointer_cast<File>(file_of(fd));
  }
  // The lowest descriptor that stands for `file`, which must be open.
  int number_of(const OpenFile& file) const;
  // Takes a descriptor, or a failed call's -1, into the table; returns the raw result.
  long adopt(int fd, std::shared_ptr<OpenFile> file);
  static std::shared_ptr<OpenFile> new_socket();
  static bool is_blocking(int fd);
  // The same descriptor with a number above those that the target is given. Takes `fd`.
  static int above_the_target(int fd);

 private:
  // Asks `look` until it finds something or the timeout has passed in virtual time.
  template <typename Look>
  long wait_until(const Look& look, std::optional<std::chrono::nanoseconds> timeout);
  long read_timer(VirtualTimer& timer, int fd, const iovec* parts, int count);
  long adopt_duplicate(int from, int to);

  VirtualTime realtime_steps_{0};
  std::vector<std::shared_ptr<OpenFile>> table_;  // by descriptor number
};

}  // namespace e3
