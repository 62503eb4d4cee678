// SPDX-License-Identifier: MIT
// One machine with a listening server, and short words for what tests do to it. Which kernel it has
// is a matter of where kernel_under_test.h is looked for.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernel_under_test.h"

namespace e3::kernel_rules {

struct Connection {
  int fd = -1;
  PeerSocket peer;
};

// An event as the tests spell it: the descriptor it was registered for, and the mask.
struct Ready {
  int fd;
  std::uint32_t events;
  bool operator==(const Ready&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Ready& ready) {
  return out << "fd " << ready.fd << std::hex << " events 0x" << ready.events << std::dec;
}

class KernelTest : public ::testing::Test {
 protected:
  KernelTest() = default;
  explicit KernelTest(int descriptors_max) : kernel(with_descriptors(descriptors_max)) {}

  void SetUp() override {
    if (objection() != nullptr) GTEST_SKIP() << objection();
  }

  static constexpr std::uint16_t kPort = 8080;

  static sockaddr_in address(std::uint16_t port = kPort) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(port);
    result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return result;
  }

  int listen(int backlog = 16) {
    const int fd = static_cast<int>(kernel.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);  // the model waits for no acknowledgements
    const sockaddr_in where = address();
    EXPECT_EQ(kernel.bind(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where), 0);
    EXPECT_EQ(kernel.listen(fd, backlog), 0);
    return fd;
  }

  PeerSocket connect() {
    const sockaddr_in where = address();
    return kernel.connect_peer(reinterpret_cast<const sockaddr*>(&where), sizeof where);
  }

  // A pair of `family`: the server's end is non-blocking.
  Connection pair(int family = AF_INET) {
    Connection result;
    result.fd = static_cast<int>(kernel.adopt_pair(family, SOCK_NONBLOCK, &result.peer));
    EXPECT_GE(result.fd, 0);
    return result;
  }

  long send(int fd, std::string_view text, int flags = MSG_NOSIGNAL) {
    return kernel.send(fd, text.data(), text.size(), flags);
  }
  static long send(PeerSocket& peer, std::string_view text) {
    return peer.send(std::as_bytes(std::span(text)));
  }

  // What a recv(2) of up to `length` bytes gives, an error as its name, the end as "EOF".
  std::string receive(int fd, std::size_t length = 4096, int flags = 0) {
    std::string bytes(length, '\0');
    return shown(kernel.recv(fd, bytes.data(), length, flags), bytes);
  }
  static std::string receive(PeerSocket& peer, std::size_t length = 4096) {
    std::string bytes(length, '\0');
    return shown(peer.receive(std::as_writable_bytes(std::span(bytes))), bytes);
  }

  // Sends until the kernel takes no more; how much it took.
  std::size_t fill(int fd) {
    const std::string block(64 * 1024, 'x');
    std::size_t total = 0;
    for (long sent = 0; (sent = send(fd, block)) > 0;) total += static_cast<std::size_t>(sent);
    return total;
  }
  static void read_exactly(PeerSocket& peer, std::size_t length) {
    while (length > 0) {
      std::vector<std::byte> bytes(std::min<std::size_t>(length, 64 * 1024));
      const long got = peer.receive(bytes);
      ASSERT_GT(got, 0);
      length -= static_cast<std::size_t>(got);
    }
  }

  int epoll() { return static_cast<int>(kernel.epoll_create1(0)); }
  long control(int ep, int operation, int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return kernel.epoll_ctl(ep, operation, fd, &event);
  }
  long add(int ep, int fd, std::uint32_t events) { return control(ep, EPOLL_CTL_ADD, fd, events); }
  long modify(int ep, int fd, std::uint32_t events) {
    return control(ep, EPOLL_CTL_MOD, fd, events);
  }
  long remove(int ep, int fd) { return control(ep, EPOLL_CTL_DEL, fd, 0); }
  std::vector<Ready> wait(int ep, int most = 16) {
    std::array<epoll_event, 16> events{};
    const long count = kernel.epoll_wait(ep, events.data(), most, 0);
    EXPECT_GE(count, 0);
    std::vector<Ready> result;
    for (long i = 0; i < count; ++i) {
      const epoll_event& event = events.at(static_cast<std::size_t>(i));
      result.push_back({event.data.fd, event.events});
    }
    return result;
  }

  // What poll(2) says about everything it can say.
  std::uint32_t ready(int fd) {
    pollfd entry{fd, POLLIN | POLLOUT | POLLPRI | POLLRDHUP, 0};
    kernel.poll(&entry, 1, 0);
    return static_cast<std::uint32_t>(entry.revents);
  }

  int socket_error(int fd) {
    int value = -1;
    socklen_t length = sizeof value;
    EXPECT_EQ(kernel.getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &length), 0);
    return value;
  }
  long set_option(int fd, int level, int name, int value) {
    return kernel.setsockopt(fd, level, name, &value, sizeof value);
  }
  long peer_name(int fd) {
    sockaddr_storage name{};
    socklen_t length = sizeof name;
    return kernel.getpeername(fd, reinterpret_cast<sockaddr*>(&name), &length);
  }

  Kernel kernel;

 private:
  static std::string shown(long result, const std::string& bytes) {
    if (result == 0 && !bytes.empty()) return "EOF";
    if (result < 0) return strerrorname_np(static_cast<int>(-result));
    return bytes.substr(0, static_cast<std::size_t>(result));
  }
};

}  // namespace e3::kernel_rules
