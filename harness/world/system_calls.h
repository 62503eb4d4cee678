// SPDX-License-Identifier: MIT
// The libc calls through which a server meets its kernel, as an interface. The interposed libc
// functions forward to one of these while the target runs; each engine brings its own.
//
// Results are in the raw Linux form: negative errno on failure. A call that would block hands the
// turn to the scenario and returns only when it has a result. Every call is made on the target's
// fiber and may throw TargetStopped, which unwinds the target.
#pragma once

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

#include <cerrno>
#include <chrono>
#include <optional>

#include "harness/world/byte_call.h"
#include "harness/world/transcript.h"

namespace e3 {

class SystemCalls {
 public:
  virtual ~SystemCalls() = default;

  // Whether `fd` was made by this kernel; calls on other descriptors go on to the real one.
  virtual bool owns(int fd) const = 0;
  // Whether calls on `fd` are this kernel's to answer: also those on a number that it has taken
  // back, with EBADF.
  virtual bool answers(int fd) const { return owns(fd); }

  // Whether all descriptors of the process are the target's, but for a few that close() spares.
  virtual bool has_process() const { return false; }
  // RLIMIT_NOFILE of the target, where it is not that of the process.
  virtual std::optional<rlim_t> descriptor_limit() const { return std::nullopt; }
  virtual void set_descriptor_limit(rlim_t /*limit*/) {}

  virtual long socket(int domain, int type, int protocol) = 0;
  virtual long bind(int fd, const sockaddr* address, socklen_t size) = 0;
  virtual long listen(int fd, int backlog) = 0;
  virtual long accept4(int fd, sockaddr* address, socklen_t* size, int flags) = 0;
  virtual long getsockname(int fd, sockaddr* address, socklen_t* size) = 0;
  virtual long getpeername(int fd, sockaddr* address, socklen_t* size) = 0;
  virtual long getsockopt(int fd, int level, int name, void* value, socklen_t* size) = 0;
  virtual long setsockopt(int fd, int level, int name, const void* value, socklen_t size) = 0;
  virtual long fcntl(int fd, int command, long argument) = 0;
  virtual long ioctl(int fd, unsigned long request, void* argument) = 0;
  virtual long shutdown(int fd, int how) = 0;
  virtual long close(int fd) = 0;  // also of descriptors that are not owned

  // What an engine may lack: the target is then stopped, and the call named.
  virtual long connect(int /*fd*/, const sockaddr* /*address*/, socklen_t /*size*/) {
    return lack("connect");
  }
  virtual long socketpair(int /*domain*/, int /*type*/, int /*protocol*/, int* /*ends*/) {
    return lack("socketpair");
  }
  virtual long dup(int /*fd*/) { return lack("dup"); }
  virtual long dup2(int /*fd*/, int /*wanted*/) { return lack("dup2"); }
  virtual long dup3(int /*fd*/, int /*wanted*/, int /*flags*/) { return lack("dup3"); }
  virtual long pipe2(int* /*ends*/, int /*flags*/) { return lack("pipe2"); }
  virtual long sendfile(int /*out*/, int /*in*/, off_t* /*offset*/, std::size_t /*size*/) {
    return lack("sendfile");
  }
  virtual long timerfd_create(int /*clock*/, int /*flags*/) { return lack("timerfd_create"); }
  virtual long timerfd_settime(int /*fd*/, int /*flags*/, const itimerspec* /*value*/,
                               itimerspec* /*old*/) {
    return lack("timerfd_settime");
  }
  virtual long timerfd_gettime(int /*fd*/, itimerspec* /*value*/) {
    return lack("timerfd_gettime");
  }
  virtual long signalfd(int /*fd*/, const sigset_t* /*mask*/, int /*flags*/) {
    return lack("signalfd");
  }

  virtual long fstat(int /*fd*/, struct stat* /*status*/) { return lack("fstat"); }

  // read, recv, recvfrom, readv and recvmsg.
  virtual long receive(ByteCall call, int fd, const iovec* parts, int count, int flags) = 0;
  // write, send, sendto, writev and sendmsg. `flags` lacks MSG_NOSIGNAL when SIGPIPE is due.
  virtual long transmit(ByteCall call, int fd, const iovec* parts, int count, int flags) = 0;

  virtual long epoll_create1(int flags) = 0;
  virtual long epoll_ctl(int epoll, int operation, int fd, epoll_event* event) = 0;
  // A negative or absent timeout waits for ever.
  virtual long epoll_wait(int epoll, epoll_event* events, int capacity,
                          std::optional<std::chrono::nanoseconds> timeout) = 0;
  virtual long poll(pollfd* entries, nfds_t count,
                    std::optional<std::chrono::nanoseconds> timeout) = 0;
  virtual long eventfd(unsigned int initial, int flags) = 0;

  virtual VirtualTime monotonic_now() = 0;  // CLOCK_MONOTONIC and its kin
  virtual VirtualTime realtime_now() = 0;   // since the epoch of time(2)
  virtual void sleep(std::chrono::nanoseconds duration) = 0;

  // A while of processor time, `since_last` long, has gone by since this was last called; the
  // target was struck by it while it computed. Called on its stack by a signal handler; need not
  // return.
  virtual void processor_time_passed(std::chrono::milliseconds /*since_last*/) {}

  // The target used a call that this engine does not model: stops the target, naming the call.
  virtual void unmodelled(const char* call) = 0;

 private:
  long lack(const char* call) {
    unmodelled(call);
    return -ENOSYS;
  }
};

}  // namespace e3
