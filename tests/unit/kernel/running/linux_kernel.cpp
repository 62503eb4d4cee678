// SPDX-License-Identifier: MIT
#include "linux_kernel.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>

#include "differential/private_network.h"

namespace e3::kernel_rules {

namespace {

// Peers and what else is not the test's live above all numbers that tests look at.
constexpr int kFirstHidden = 200;
constexpr rlim_t kHiddenMax = 1024;

// A UDP socket whose peer is itself.
int messenger = -1;

// What one processor sends over its loopback arrives in order: a datagram comes back after all that
// was sent before it. An answer's answer (data, a reset, nothing) takes a round more each.
void wait_until_quiet() {
  constexpr int kRounds = 4;
  char byte = 0;
  for (int i = 0; i < kRounds; ++i) {
    ::send(messenger, &byte, 1, 0);
    ::recv(messenger, &byte, 1, 0);
  }
}

long raw(long result) {
  const int error = errno;
  wait_until_quiet();
  return result < 0 ? -error : result;
}

void limit_descriptors(rlim_t most) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = most;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Room for what the test must not notice, while it is made.
class HiddenRoom {
 public:
  HiddenRoom() {
    getrlimit(RLIMIT_NOFILE, &before_);
    limit_descriptors(kHiddenMax);
  }
  ~HiddenRoom() { setrlimit(RLIMIT_NOFILE, &before_); }
  HiddenRoom(const HiddenRoom&) = delete;
  HiddenRoom& operator=(const HiddenRoom&) = delete;

 private:
  rlimit before_{};
};

int hide(int fd) {
  const int hidden = ::fcntl(fd, F_DUPFD_CLOEXEC, kFirstHidden);
  ::close(fd);
  return hidden;
}

int hidden_stream() {
  const int fd = hide(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

void bind_anywhere(int fd, sockaddr_in& address) {
  socklen_t length = sizeof address;
  address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), length);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
}

void open_messenger() {
  messenger = hide(::socket(AF_INET, SOCK_DGRAM, 0));
  sockaddr_in address{};
  bind_anywhere(messenger, address);
  ::connect(messenger, reinterpret_cast<sockaddr*>(&address), sizeof address);
}

void stay_on_this_processor() {
  cpu_set_t here;
  CPU_ZERO(&here);
  CPU_SET(static_cast<unsigned>(sched_getcpu()), &here);
  sched_setaffinity(0, sizeof here, &here);
}

void keep_signals_pending() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGPIPE, SIGTERM, SIGUSR1}) sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
}

int tcp_state(int fd) {
  tcp_info info{};
  socklen_t length = sizeof info;
  ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length);
  return info.tcpi_state;
}

}  // namespace

bool PeerSocket::connected() const { return tcp_state(fd_) == TCP_ESTABLISHED; }

bool PeerSocket::connecting() const { return tcp_state(fd_) == TCP_SYN_SENT; }

long PeerSocket::send(std::span<const std::byte> bytes, int flags) {
  return raw(::send(fd_, bytes.data(), bytes.size(), flags | MSG_NOSIGNAL));
}

long PeerSocket::receive(std::span<std::byte> bytes, int flags) {
  return raw(::recv(fd_, bytes.data(), bytes.size(), flags));
}

long PeerSocket::shutdown(int how) { return raw(::shutdown(fd_, how)); }

void PeerSocket::close() {
  ::close(fd_);
  wait_until_quiet();
}

void PeerSocket::reset() {
  const linger option{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &option, sizeof option);
  close();
}

std::size_t PeerSocket::unread() const {
  int bytes = 0;
  ::ioctl(fd_, FIONREAD, &bytes);
  return static_cast<std::size_t>(bytes);
}

int PeerSocket::take_error() {
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &length);
  return error;
}

LinuxKernel::LinuxKernel(int descriptors_max) : first_descriptor_(::eventfd(0, 0)) {
  ::close_range(static_cast<unsigned>(first_descriptor_), ~0U, 0);
  stay_on_this_processor();
  keep_signals_pending();
  limit_descriptors(kHiddenMax);
  has_network_ = differential::enter_private_network();
  open_messenger();
  limit_descriptors(static_cast<rlim_t>(first_descriptor_ + descriptors_max));
}

LinuxKernel::~LinuxKernel() {
  ::close_range(static_cast<unsigned>(first_descriptor_), ~0U, 0);
  limit_descriptors(kHiddenMax);
}

PeerSocket LinuxKernel::connect_peer(const sockaddr* destination, socklen_t length) {
  const HiddenRoom room;
  const int fd = hidden_stream();
  ::connect(fd, destination, length);
  wait_until_quiet();
  return PeerSocket(fd);
}

long LinuxKernel::adopt_pair(int family, int flags, PeerSocket* peer) {
  const HiddenRoom room;
  if (family == AF_UNIX) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) != 0) return -errno;
    *peer = PeerSocket(hide(ends[1]));
    return ends[0];
  }
  const int listener = hidden_stream();
  sockaddr_in address{};
  bind_anywhere(listener, address);
  ::listen(listener, 1);
  *peer = connect_peer(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const long fd = raw(::accept4(listener, nullptr, nullptr, flags));
  ::close(listener);
  return fd;
}

void LinuxKernel::raise(int signal) { ::raise(signal); }

bool LinuxKernel::take_signal(int signal) {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, signal);
  const timespec now{};
  return ::sigtimedwait(&wanted, nullptr, &now) == signal;
}

long LinuxKernel::socket(int family, int type, int protocol) {
  return raw(::socket(family, type, protocol));
}
long LinuxKernel::bind(int fd, const sockaddr* address, socklen_t length) {
  return raw(::bind(fd, address, length));
}
long LinuxKernel::listen(int fd, int backlog) { return raw(::listen(fd, backlog)); }
long LinuxKernel::accept4(int fd, sockaddr* address, socklen_t* length, int flags) {
  return raw(::accept4(fd, address, length, flags));
}
long LinuxKernel::connect(int fd, const sockaddr* address, socklen_t length) {
  return raw(::connect(fd, address, length));
}
long LinuxKernel::shutdown(int fd, int how) { return raw(::shutdown(fd, how)); }
long LinuxKernel::setsockopt(int fd, int level, int name, const void* value, socklen_t length) {
  return raw(::setsockopt(fd, level, name, value, length));
}
long LinuxKernel::getsockopt(int fd, int level, int name, void* value, socklen_t* length) {
  return raw(::getsockopt(fd, level, name, value, length));
}
long LinuxKernel::getpeername(int fd, sockaddr* address, socklen_t* length) {
  return raw(::getpeername(fd, address, length));
}
long LinuxKernel::recv(int fd, void* buffer, std::size_t length, int flags) {
  return raw(::recv(fd, buffer, length, flags));
}
long LinuxKernel::send(int fd, const void* buffer, std::size_t length, int flags) {
  return raw(::send(fd, buffer, length, flags));
}
long LinuxKernel::read(int fd, void* buffer, std::size_t length) {
  return raw(::read(fd, buffer, length));
}
long LinuxKernel::write(int fd, const void* buffer, std::size_t length) {
  return raw(::write(fd, buffer, length));
}
long LinuxKernel::writev(int fd, const iovec* pieces, int count) {
  return raw(::writev(fd, pieces, count));
}
long LinuxKernel::close(int fd) { return raw(::close(fd)); }
long LinuxKernel::dup(int fd) { return raw(::dup(fd)); }
long LinuxKernel::fcntl(int fd, int command, long argument) {
  return raw(::fcntl(fd, command, argument));
}
long LinuxKernel::epoll_create1(int flags) { return raw(::epoll_create1(flags)); }
long LinuxKernel::epoll_ctl(int epfd, int operation, int fd, epoll_event* event) {
  return raw(::epoll_ctl(epfd, operation, fd, event));
}
long LinuxKernel::epoll_wait(int epfd, epoll_event* events, int events_max, int timeout_ms) {
  return raw(::epoll_wait(epfd, events, events_max, timeout_ms));
}
long LinuxKernel::poll(pollfd* entries, nfds_t count, int timeout_ms) {
  return raw(::poll(entries, count, timeout_ms));
}
long LinuxKernel::eventfd(unsigned count, int flags) { return raw(::eventfd(count, flags)); }
long LinuxKernel::timerfd_create(clockid_t clock, int flags) {
  return raw(::timerfd_create(clock, flags));
}
long LinuxKernel::timerfd_settime(int fd, int flags, const itimerspec* value,
                                  itimerspec* old_value) {
  return raw(::timerfd_settime(fd, flags, value, old_value));
}
long LinuxKernel::signalfd4(int fd, const sigset_t* mask, int flags) {
  return raw(::signalfd(fd, mask, flags));
}
long LinuxKernel::pipe2(int descriptors[2], int flags) { return raw(::pipe2(descriptors, flags)); }

}  // namespace e3::kernel_rules
