// SPDX-License-Identifier: MIT
#include "harness/targets/adopting_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace e3::targets {
namespace {

[[noreturn]] void fail(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// The server, open for the length of a scope: TargetStopped leaves it by unwinding.
class OpenServer {
 public:
  explicit OpenServer(const e3_adopt& server) : server_(&server), ready_(server.open()) {
    if (ready_ < 0) throw std::runtime_error("its open() failed");
  }
  ~OpenServer() { server_->close(); }
  OpenServer(const OpenServer&) = delete;
  OpenServer& operator=(const OpenServer&) = delete;
  int ready_descriptor() const { return ready_; }

 private:
  const e3_adopt* server_;
  int ready_;
};

int listening_socket() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
  if (::listen(fd, SOMAXCONN) != 0) fail("listen");
  return fd;
}

void hand_over_arrivals(int listener, const e3_adopt& server) {
  while (true) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      if (server.adopt(fd) != 0) ::close(fd);
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      fail("accept4");
    }
  }
}

}  // namespace

void serve_adopting(const e3_adopt& server) {
  const OpenServer open(server);
  const Descriptor listener(listening_socket());
  int timeout = server.turn();
  while (true) {
    pollfd entries[] = {{.fd = listener.get(), .events = POLLIN, .revents = 0},
                        {.fd = open.ready_descriptor(), .events = POLLIN, .revents = 0}};
    if (::poll(entries, 2, timeout) < 0 && errno != EINTR) fail("poll");
    if (entries[0].revents != 0) hand_over_arrivals(listener.get(), server);
    timeout = server.turn();
  }
}

}  // namespace e3::targets
