// SPDX-License-Identifier: MIT
// The running kernel with its listeners exchanged: a listener is an eventfd that is readable while
// connections wait (so that each arrival is an edge, as with a real listen queue), and connections
// are AF_UNIX socketpairs. What AF_UNIX cannot show (RST, SO_LINGER, TCP's EPOLLOUT threshold) this
// engine cannot show either; setsockopt(IPPROTO_TCP) is answered as TCP would.
#pragma once

#include <netinet/in.h>

#include <cstdint>

#include "harness/world/engines/linux/linux_kernel.h"

namespace e3 {

class SocketpairKernel final : public LinuxKernel {
 public:
  // `first_peer_port`: the port that the first peer seems to come from; later ones count upwards.
  SocketpairKernel(TargetTurn& turn, std::uint16_t first_peer_port);

  std::string_view engine() const override { return "socketpair"; }
  Abilities abilities() const override;
  bool listening() const override { return listening_.lock() != nullptr; }
  std::unique_ptr<Wire> connect_peer(const ConnectOptions& options) override;
  bool wire_is_ready(Wire& wire, short events) override;

  bool can_show(History history) const override;
  bool abort_pending(int listener) override;

  long socket(int domain, int type, int protocol) override;
  long bind(int fd, const sockaddr* address, socklen_t size) override;
  long listen(int fd, int backlog) override;
  long accept4(int fd, sockaddr* address, socklen_t* size, int flags) override;
  long getsockname(int fd, sockaddr* address, socklen_t* size) override;
  long getpeername(int fd, sockaddr* address, socklen_t* size) override;
  long getsockopt(int fd, int level, int name, void* value, socklen_t* size) override;
  long setsockopt(int fd, int level, int name, const void* value, socklen_t size) override;

 private:
  struct Socket;      // not connected; listens, perhaps
  struct Connection;  // accepted

  std::uint16_t next_peer_port_;
  std::weak_ptr<Socket> listening_;  // where peers connect to
};

}  // namespace e3
