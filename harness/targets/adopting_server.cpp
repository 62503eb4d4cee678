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

bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

// False: for want of something the rest has to wait.
bool hand_over_arrivals(int listener, const e3_adopt& server) {
  while (true) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      if (server.adopt(fd) != 0) ::close(fd);
    } else if (errno == EAGAIN) {
      return true;
    } else if (is_shortage(errno)) {
      return false;
    }
    // Anything else is an error of one connection, or a signal: accept(2).
  }
}

// The earlier of two time-outs of poll(2), of which a negative one never comes.
int earlier(int one, int other) { return one < 0 || (other >= 0 && other < one) ? other : one; }

}  // namespace

void serve_adopting(const e3_adopt& server) {
  const OpenServer open(server);
  const Descriptor listener(listening_socket());
  constexpr int kRetryMilliseconds = 100;
  bool accepts = true;
  int timeout = server.turn();
  while (true) {
    // A listener that cannot be served stays readable: poll(2) would not wait.
    pollfd entries[] = {{.fd = accepts ? listener.get() : -1, .events = POLLIN, .revents = 0},
                        {.fd = open.ready_descriptor(), .events = POLLIN, .revents = 0}};
    const int count = ::poll(entries, 2, accepts ? timeout : earlier(timeout, kRetryMilliseconds));
    if (count < 0 && errno != EINTR) fail("poll");
    if (!accepts || entries[0].revents != 0) accepts = hand_over_arrivals(listener.get(), server);
    timeout = server.turn();
  }
}

}  // namespace e3::targets
