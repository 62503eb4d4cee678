// SPDX-License-Identifier: MIT
#include "model_system.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include <csignal>

namespace e3::differential {

namespace {

constexpr std::uint16_t kPort = 8080;

sockaddr_in listening_address() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kPort);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

ModelSystem::ModelSystem(int first_descriptor, bool unix_sockets, const sim::KernelConfig& config)
    : kernel_(config), unix_sockets_(unix_sockets) {
  for (int number = 0; number < first_descriptor; ++number) kernel_.occupy_number(number);
}

void ModelSystem::begin() {
  kernel_.reset();
  peers_ = {};
}

long ModelSystem::listen() {
  const sockaddr_in address = listening_address();
  const long fd = kernel_.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int number = static_cast<int>(fd);
  const int one = 1;
  kernel_.setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  kernel_.bind(number, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  kernel_.listen(number, 100);
  return fd;
}

long ModelSystem::connect(int fd) {
  const sockaddr_in address = listening_address();
  return kernel_.connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

long ModelSystem::set_linger_reset(int fd) {
  const linger option{1, 0};
  return kernel_.setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, sizeof option);
}

long ModelSystem::set_low_water(int fd, int bytes) {
  return kernel_.setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes);
}

long ModelSystem::socket_error(int fd) {
  int value = 0;
  socklen_t length = sizeof value;
  const long result = kernel_.getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &length);
  return result < 0 ? result : value;
}

long ModelSystem::peer_name(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  return kernel_.getpeername(fd, reinterpret_cast<sockaddr*>(&address), &length);
}

long ModelSystem::readable(int fd) {
  int value = 0;
  const long result = kernel_.ioctl(fd, FIONREAD, &value);
  return result < 0 ? result : value;
}

bool ModelSystem::take_sigpipe() { return kernel_.take_signal(SIGPIPE); }

long ModelSystem::peer_connect(int number) {
  if (peer(number).valid()) return -EISCONN;
  if (unix_sockets_) return kernel_.adopt_pair(AF_UNIX, SOCK_NONBLOCK, &peer(number));
  const sockaddr_in address = listening_address();
  sim::PeerSocket connection =
      kernel_.connect_peer(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (const int error = connection.take_error(); error != 0) {
    connection.close();
    return -error;
  }
  peer(number) = connection;
  return 0;
}

long ModelSystem::peer_receive(int number, std::span<std::byte> bytes) {
  return peer(number).valid() ? peer(number).receive(bytes) : -EBADF;
}

long ModelSystem::peer_send(int number, std::span<const std::byte> bytes, int flags) {
  return peer(number).valid() ? peer(number).send(bytes, flags) : -EBADF;
}

long ModelSystem::peer_shutdown(int number, int how) {
  return peer(number).valid() ? peer(number).shutdown(how) : -EBADF;
}

long ModelSystem::peer_close(int number) {
  if (!peer(number).valid()) return -EBADF;
  peer(number).close();
  return 0;
}

long ModelSystem::peer_reset(int number) {
  if (!peer(number).valid()) return -EBADF;
  peer(number).reset();
  return 0;
}

long ModelSystem::peer_poll(int number) {
  constexpr std::uint32_t kAsked = POLLIN | POLLOUT | POLLRDHUP | POLLPRI | POLLERR | POLLHUP;
  return peer(number).valid() ? static_cast<long>(peer(number).poll() & kAsked) : -EBADF;
}

}  // namespace e3::differential
