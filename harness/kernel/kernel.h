// SPDX-License-Identifier: MIT
// One simulated machine as its one process sees it: the system calls of Linux on stream sockets,
// epoll and what event loops use beside them, in virtual time and without blocking.
//
// Every method named after a call takes the call's arguments and returns the raw Linux result: a
// non-negative value, or a negative errno. A call that would sleep returns kWouldBlock (block.h).
// Pointers may be null where Linux allows it; memory behind them must be as large as claimed.
// Not thread-safe: one machine, one thread. Nothing here makes a real system call.
#pragma once

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "block.h"
#include "descriptor_table.h"
#include "kernel_config.h"
#include "peer_socket.h"

namespace e3 {
class EventOrder;
}

namespace e3::sim {

class Machine;
class OpenFile;
class ScatterList;

class Kernel {
 public:
  explicit Kernel(const KernelConfig& config = {});
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  // A new machine with the same configuration. Keeps its memory; O(what the old one used). All
  // PeerSockets of the old one become invalid and must not be used. Occupied numbers stay.
  void reset();
  // The same with another configuration.
  void reset(const KernelConfig& config);

  // --- The engine's side

  // Why the last call returned kWouldBlock.
  const Block& block() const;

  Nanoseconds now() const;  // CLOCK_MONOTONIC
  // When the next timer expires; kNever when none is set.
  Nanoseconds next_timer() const;
  // Moves time to `instant`, running the timers on the way in order.
  void advance_to(Nanoseconds instant);
  // Sets CLOCK_REALTIME alone forth, or back, as an administrator or NTP may: clock_settime(2).
  void step_realtime(Nanoseconds by);

  // A client of the process under test. connect() reaches the listener bound to `destination`, or
  // is refused, or stays connecting while the listener's queue is full.
  PeerSocket connect_peer(const sockaddr* destination, socklen_t length);
  // Of the listener that such a peer would come to: how many connections its queue holds, 0 if
  // there is none, and whether the next one would stay connecting.
  std::size_t accept_queue(const sockaddr* destination, socklen_t length) const;
  bool accept_queue_is_full(const sockaddr* destination, socklen_t length) const;
  // A connected pair: one end as a descriptor of the process (negative errno on failure), the
  // other as `peer`. For servers that are handed a connection.
  long adopt_pair(int family, int flags, PeerSocket* peer);

  // True when `fd` is a simulated descriptor. Numbers held by real descriptors of the process can
  // be marked, so that they are never given out.
  bool owns(int fd) const { return descriptors_->find(fd) != nullptr; }
  void occupy_number(int fd);
  void vacate_number(int fd);
  std::size_t open_descriptors() const { return descriptors_->count(); }
  // RLIMIT_NOFILE from now on. Lowering it closes nothing.
  void set_descriptor_limit(int limit);
  // RLIMIT_NOFILE, where the numbers at hand are fewer.
  void set_process_limit(int limit);

  // Who chooses among ready events from now on, until reset(); nullptr: Linux's order. Must outlive
  // its use.
  void set_event_order(EventOrder* order);

  // Makes `signal` pending; a signalfd or the engine takes it. SIGPIPE is raised by the model.
  void raise(int signal);
  bool take_signal(int signal);

  // --- What may befall a process. Each returns false, and changes nothing, where it cannot happen.

  // The oldest connection that waits at `listener` is aborted by its peer.
  bool abort_pending(int listener);
  // The connection is lost and `error` is pending at this end, ECONNRESET at the other.
  bool fail_connection(int fd, int error);
  // More may arrive: announce_arrival() would be true to life.
  bool more_may_arrive(int fd) const;
  // Bytes that are in the queue already count as having arrived just now: an edge.
  void announce_arrival(int fd);
  // The send buffer counts as full until the peer reads, or space is back at once: an edge then.
  bool fill_send_buffer(int fd);

  // --- Sockets

  long socket(int family, int type, int protocol);
  long socketpair(int family, int type, int protocol, int descriptors[2]);
  long bind(int fd, const sockaddr* address, socklen_t length);
  long listen(int fd, int backlog);
  long accept4(int fd, sockaddr* address, socklen_t* length, int flags);
  long connect(int fd, const sockaddr* address, socklen_t length);
  long shutdown(int fd, int how);
  long setsockopt(int fd, int level, int name, const void* value, socklen_t length);
  long getsockopt(int fd, int level, int name, void* value, socklen_t* length);
  long getsockname(int fd, sockaddr* address, socklen_t* length);
  long getpeername(int fd, sockaddr* address, socklen_t* length);

  // --- Bytes

  long recv(int fd, void* buffer, std::size_t length, int flags);
  long send(int fd, const void* buffer, std::size_t length, int flags);
  long recvfrom(int fd, void* buffer, std::size_t length, int flags, sockaddr* address,
                socklen_t* address_length);
  long sendto(int fd, const void* buffer, std::size_t length, int flags, const sockaddr* address,
              socklen_t address_length);
  long recvmsg(int fd, msghdr* message, int flags);
  long sendmsg(int fd, const msghdr* message, int flags);
  long read(int fd, void* buffer, std::size_t length);
  long write(int fd, const void* buffer, std::size_t length);
  long readv(int fd, const iovec* pieces, int count);
  long writev(int fd, const iovec* pieces, int count);
  // sendfile(2) after its file has been read: `bytes` is what the file holds from *offset on. The
  // caller moves its offset by the result.
  long sendfile(int fd, std::span<const std::byte> bytes);

  // --- Descriptors

  long close(int fd);
  long dup(int fd);
  long dup2(int fd, int number);
  long dup3(int fd, int number, int flags);
  long fcntl(int fd, int command, long argument = 0);
  long ioctl(int fd, unsigned long request, int* argument);
  // What kind of file it is, and who may use it; no two files are told apart.
  long fstat(int fd, struct stat* status) const;

  // --- Waiting

  long epoll_create1(int flags);
  long epoll_ctl(int epfd, int operation, int fd, epoll_event* event);
  long epoll_wait(int epfd, epoll_event* events, int events_max, int timeout_ms);
  long epoll_pwait2(int epfd, epoll_event* events, int events_max, const timespec* timeout);
  long poll(pollfd* entries, nfds_t count, int timeout_ms);

  // --- What event loops wait for beside sockets

  long eventfd(unsigned count, int flags);
  long timerfd_create(clockid_t clock, int flags);
  long timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* old_value);
  long timerfd_gettime(int fd, itimerspec* value);
  long signalfd4(int fd, const sigset_t* mask, int flags);
  long pipe2(int descriptors[2], int flags);

  // --- Clocks

  long clock_gettime(clockid_t clock, timespec* time) const;

 private:
  long install(OpenFile& file, bool close_on_exec, int lowest = 0);
  long check_room(int count) const;
  void close_descriptor(int fd);
  long wait_until(Nanoseconds timeout);  // a negative timeout is for ever

  std::unique_ptr<Machine> machine_;
  const DescriptorTable* descriptors_;  // the machine's: asked for at every call
};

}  // namespace e3::sim
