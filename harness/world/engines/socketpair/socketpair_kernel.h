// SPDX-License-Identifier: MIT
// The real kernel with two answers changed: a listener is an eventfd that is readable while
// connections wait (so that each arrival is an edge, as with a real listen queue), and waiting
// calls ask with a timeout of zero and hand the turn to the scenario. Connections are AF_UNIX
// socketpairs. What AF_UNIX cannot show (RST, SO_LINGER, TCP's EPOLLOUT threshold) this engine
// cannot show either; setsockopt(IPPROTO_TCP) is answered as TCP would.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <deque>
#include <vector>

#include "harness/world/engines/in_process_kernel.h"

namespace e3 {

class SocketpairKernel final : public InProcessKernel {
 public:
  // `first_peer_port`: the port that the first peer seems to come from; later ones count upwards.
  SocketpairKernel(TargetTurn& turn, std::uint16_t first_peer_port);
  ~SocketpairKernel() override;

  std::string_view engine() const override { return "socketpair"; }
  Abilities abilities() const override;
  bool listening() const override;
  std::unique_ptr<Wire> connect_peer(const ConnectOptions& options) override;
  bool writable(Wire& wire) override;
  std::size_t open_descriptors() const override;

  bool can_show(History history) const override;
  bool abort_pending(int listener) override;

  bool owns(int fd) const override;
  long socket(int domain, int type, int protocol) override;
  long bind(int fd, const sockaddr* address, socklen_t size) override;
  long listen(int fd, int backlog) override;
  long accept4(int fd, sockaddr* address, socklen_t* size, int flags) override;
  long getsockname(int fd, sockaddr* address, socklen_t* size) override;
  long getpeername(int fd, sockaddr* address, socklen_t* size) override;
  long getsockopt(int fd, int level, int name, void* value, socklen_t* size) override;
  long setsockopt(int fd, int level, int name, const void* value, socklen_t size) override;
  long fcntl(int fd, int command, long argument) override;
  long ioctl(int fd, unsigned long request, void* argument) override;
  long shutdown(int fd, int how) override;
  long close(int fd) override;
  long receive(const char* call, int fd, const iovec* parts, int count, int flags) override;
  long transmit(const char* call, int fd, const iovec* parts, int count, int flags) override;
  long epoll_create1(int flags) override;
  long epoll_ctl(int epoll, int operation, int fd, epoll_event* event) override;
  long epoll_wait(int epoll, epoll_event* events, int capacity,
                  std::optional<std::chrono::nanoseconds> timeout) override;
  long poll(pollfd* entries, nfds_t count,
            std::optional<std::chrono::nanoseconds> timeout) override;
  long eventfd(unsigned int initial, int flags) override;
  VirtualTime monotonic_now() override;
  VirtualTime realtime_now() override;
  void sleep(std::chrono::nanoseconds duration) override;

 private:
  enum class Kind { kSocket, kListener, kConnection, kEpoll, kEvent };
  struct Arrival {  // connected, not yet accepted
    int fd;
    std::uint16_t peer_port;
  };
  struct Descriptor {
    int fd;
    Kind kind;
    in_port_t port = 0;            // own port of a listener, the peer's of a connection; host order
    std::deque<Arrival> arrivals;  // of a listener
  };

  Descriptor* find(int fd);
  const Descriptor* find(int fd) const;
  Descriptor& add(int fd, Kind kind);
  bool is_blocking(int fd) const;
  long answer_address(in_port_t port, sockaddr* address, socklen_t* size) const;
  // Asks `look` until it finds something or the timeout has passed in virtual time.
  template <typename Look>
  long wait_until(const Look& look, std::optional<std::chrono::nanoseconds> timeout);

  std::uint16_t next_peer_port_;
  std::vector<Descriptor> descriptors_;
};

}  // namespace e3
