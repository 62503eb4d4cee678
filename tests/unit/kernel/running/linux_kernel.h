// SPDX-License-Identifier: MIT
// The running Linux with the surface of sim::Kernel that the rule tests use: each method makes the
// call it is named after and returns its raw result, a value or a negative errno. Each kernel has
// a network of its own, and no call returns before the network is quiet.
#pragma once

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>

namespace e3::kernel_rules {

// The other end of a connection, above the descriptor numbers that tests look at. A handle; the
// kernel that made it closes what is left.
class PeerSocket {
 public:
  PeerSocket() = default;
  explicit PeerSocket(int fd) : fd_(fd) {}

  bool connected() const;
  bool connecting() const;
  long send(std::span<const std::byte> bytes, int flags = 0);
  long receive(std::span<std::byte> bytes, int flags = 0);
  long shutdown(int how);
  void close();
  void reset();
  std::size_t unread() const;
  int take_error();

 private:
  int fd_ = -1;
};

class LinuxKernel {
 public:
  static constexpr int kManyDescriptors = 64;

  explicit LinuxKernel(int descriptors_max = kManyDescriptors);
  ~LinuxKernel();
  LinuxKernel(const LinuxKernel&) = delete;
  LinuxKernel& operator=(const LinuxKernel&) = delete;

  // Whether the last kernel got a network: the process may lack the right to make one.
  static bool has_network() { return has_network_; }

  PeerSocket connect_peer(const sockaddr* destination, socklen_t length);
  long adopt_pair(int family, int flags, PeerSocket* peer);
  void raise(int signal);
  bool take_signal(int signal);

  long socket(int family, int type, int protocol);
  long bind(int fd, const sockaddr* address, socklen_t length);
  long listen(int fd, int backlog);
  long accept4(int fd, sockaddr* address, socklen_t* length, int flags);
  long connect(int fd, const sockaddr* address, socklen_t length);
  long shutdown(int fd, int how);
  long setsockopt(int fd, int level, int name, const void* value, socklen_t length);
  long getsockopt(int fd, int level, int name, void* value, socklen_t* length);
  long getpeername(int fd, sockaddr* address, socklen_t* length);
  long recv(int fd, void* buffer, std::size_t length, int flags);
  long send(int fd, const void* buffer, std::size_t length, int flags);
  long read(int fd, void* buffer, std::size_t length);
  long write(int fd, const void* buffer, std::size_t length);
  long writev(int fd, const iovec* pieces, int count);
  long close(int fd);
  long dup(int fd);
  long fcntl(int fd, int command, long argument = 0);
  long epoll_create1(int flags);
  long epoll_ctl(int epfd, int operation, int fd, epoll_event* event);
  long epoll_wait(int epfd, epoll_event* events, int events_max, int timeout_ms);
  long poll(pollfd* entries, nfds_t count, int timeout_ms);
  long eventfd(unsigned count, int flags);
  long timerfd_create(clockid_t clock, int flags);
  long timerfd_settime(int fd, int flags, const itimerspec* value, itimerspec* old_value);
  long signalfd4(int fd, const sigset_t* mask, int flags);
  long pipe2(int descriptors[2], int flags);

 private:
  static inline bool has_network_ = false;

  int first_descriptor_;
};

}  // namespace e3::kernel_rules
