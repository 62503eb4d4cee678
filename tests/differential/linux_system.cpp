// SPDX-License-Identifier: MIT
#include "linux_system.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace e3::differential {

namespace {

// More than the process under test can have open, and so the numbers that it can reach.
constexpr int kNumbers = 2 * kSlots;

// Peers live above all of them.
constexpr int kFirstPeerDescriptor = 200;

volatile std::sig_atomic_t sigpipe_seen = 0;

void note_sigpipe(int /*signal*/) { sigpipe_seen = 1; }

long raw(long result) { return result < 0 ? -errno : result; }

void set_no_delay(int fd) {
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

void reset_and_close(int fd) {
  const linger option{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, sizeof option);
  ::close(fd);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = port;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A peer's descriptor must not take a number from the process under test.
int move_up(int fd) {
  const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, kFirstPeerDescriptor);
  ::close(fd);
  return moved;
}

}  // namespace

LinuxSystem::LinuxSystem(bool unix_sockets) : unix_sockets_(unix_sockets) {
  struct sigaction action {};
  action.sa_handler = note_sigpipe;
  sigaction(SIGPIPE, &action, nullptr);
  first_descriptor_ = ::eventfd(0, 0);
  // What a careless parent left open would hold numbers until the first end() closes it. Higher
  // ones are in nobody's way, and may be a fuzzing engine's.
  ::close_range(static_cast<unsigned>(first_descriptor_),
                static_cast<unsigned>(first_descriptor_ + kNumbers - 1), 0);
  peers_.fill(-1);
}

LinuxSystem::~LinuxSystem() { end(); }

void LinuxSystem::begin() { sigpipe_seen = 0; }

// Resets leave no TIME_WAIT behind, which a long run would drown in.
void LinuxSystem::end() {
  for (int& fd : peers_) {
    if (fd >= 0) reset_and_close(fd);
    fd = -1;
  }
  for (int fd = first_descriptor_; fd < first_descriptor_ + kNumbers; ++fd) reset_and_close(fd);
}

long LinuxSystem::settled(long result) const {
  const int saved = errno;
  for (int i = 0; i < yields_; ++i) sched_yield();
  errno = saved;
  return raw(result);
}

long LinuxSystem::listen() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  set_no_delay(fd);
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0) return raw(-1);
  if (::listen(fd, 100) != 0) return raw(-1);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  port_ = address.sin_port;
  return fd;
}

long LinuxSystem::epoll_create() { return raw(::epoll_create1(0)); }

long LinuxSystem::eventfd() { return raw(::eventfd(0, EFD_NONBLOCK)); }

long LinuxSystem::pipe(int ends[2]) { return raw(::pipe2(ends, O_NONBLOCK)); }

long LinuxSystem::accept(int fd) { return raw(::accept4(fd, nullptr, nullptr, SOCK_NONBLOCK)); }

long LinuxSystem::new_client() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  set_no_delay(fd);
  return raw(fd);
}

long LinuxSystem::connect(int fd) {
  const sockaddr_in address = loopback(port_);
  return settled(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

long LinuxSystem::receive(int fd, std::span<std::byte> bytes, int flags) {
  return settled(::recv(fd, bytes.data(), bytes.size(), flags));
}

long LinuxSystem::send(int fd, std::span<const std::byte> bytes, int flags) {
  return settled(::send(fd, bytes.data(), bytes.size(), flags));
}

long LinuxSystem::readv(int fd, std::span<const iovec> pieces) {
  return settled(::readv(fd, pieces.data(), static_cast<int>(pieces.size())));
}

long LinuxSystem::writev(int fd, std::span<const iovec> pieces) {
  return settled(::writev(fd, pieces.data(), static_cast<int>(pieces.size())));
}

long LinuxSystem::read(int fd, std::span<std::byte> bytes) {
  return settled(::read(fd, bytes.data(), bytes.size()));
}

long LinuxSystem::write(int fd, std::span<const std::byte> bytes) {
  return settled(::write(fd, bytes.data(), bytes.size()));
}

long LinuxSystem::shutdown(int fd, int how) { return settled(::shutdown(fd, how)); }

long LinuxSystem::close(int fd) { return settled(::close(fd)); }

long LinuxSystem::set_linger_reset(int fd) {
  const linger option{1, 0};
  return raw(setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, sizeof option));
}

long LinuxSystem::set_low_water(int fd, int bytes) {
  return raw(setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes));
}

long LinuxSystem::socket_error(int fd) {
  int value = 0;
  socklen_t length = sizeof value;
  const long result = raw(getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &length));
  return result < 0 ? result : value;
}

long LinuxSystem::peer_name(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  return raw(getpeername(fd, reinterpret_cast<sockaddr*>(&address), &length));
}

long LinuxSystem::readable(int fd) {
  int value = 0;
  const long result = raw(::ioctl(fd, FIONREAD, &value));
  return result < 0 ? result : value;
}

long LinuxSystem::duplicate(int fd) { return raw(::dup(fd)); }

long LinuxSystem::duplicate_onto(int fd, int number) { return settled(::dup2(fd, number)); }

long LinuxSystem::poll(pollfd& entry) { return raw(::poll(&entry, 1, 0)); }

long LinuxSystem::epoll_ctl(int epoll, int operation, int fd, epoll_event& event) {
  return raw(::epoll_ctl(epoll, operation, fd, &event));
}

long LinuxSystem::epoll_wait(int epoll, std::span<epoll_event> events) {
  return raw(::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 0));
}

bool LinuxSystem::take_sigpipe() {
  const bool seen = sigpipe_seen != 0;
  sigpipe_seen = 0;
  return seen;
}

long LinuxSystem::peer_connect(int number) {
  if (peer(number) >= 0) return -EISCONN;
  if (unix_sockets_) return connect_pair(number);
  const int fd = move_up(::socket(AF_INET, SOCK_STREAM, 0));
  set_no_delay(fd);
  const sockaddr_in address = loopback(port_);
  const long result =
      settled(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  if (result < 0) {
    ::close(fd);
    return result;
  }
  peer(number) = fd;
  return 0;
}

long LinuxSystem::connect_pair(int number) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) != 0) return raw(-1);
  peer(number) = move_up(ends[1]);
  return ends[0];
}

long LinuxSystem::peer_receive(int number, std::span<std::byte> bytes) {
  return settled(::recv(peer(number), bytes.data(), bytes.size(), MSG_DONTWAIT));
}

long LinuxSystem::peer_send(int number, std::span<const std::byte> bytes, int flags) {
  return settled(
      ::send(peer(number), bytes.data(), bytes.size(), flags | MSG_DONTWAIT | MSG_NOSIGNAL));
}

long LinuxSystem::peer_shutdown(int number, int how) {
  return settled(::shutdown(peer(number), how));
}

long LinuxSystem::peer_close(int number) {
  const long result = settled(::close(peer(number)));
  peer(number) = -1;
  return result;
}

long LinuxSystem::peer_reset(int number) {
  if (peer(number) < 0) return -EBADF;
  reset_and_close(peer(number));
  peer(number) = -1;
  return settled(0);
}

long LinuxSystem::peer_poll(int number) {
  if (peer(number) < 0) return -EBADF;
  pollfd entry{peer(number), POLLIN | POLLOUT | POLLRDHUP | POLLPRI, 0};
  const long result = raw(::poll(&entry, 1, 0));
  return result < 0 ? result : entry.revents;
}

}  // namespace e3::differential
