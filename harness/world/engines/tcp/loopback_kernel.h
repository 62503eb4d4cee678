// SPDX-License-Identifier: MIT
// The running kernel as it is: a linked-in target on real loopback TCP and the real epoll, in
// virtual time. Only ports are not what they seem: the target's listener has a port that was free,
// so that several worlds and programs do not collide, and both are told the ports they asked for.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cstdint>
#include <map>

#include "harness/world/engines/linux/linux_kernel.h"
#include "harness/world/engines/tcp/loopback_connection.h"

namespace e3 {

class LoopbackKernel final : public LinuxKernel {
 public:
  // `first_peer_port`: the port that the first peer seems to come from; later ones count upwards.
  LoopbackKernel(TargetTurn& turn, std::uint16_t first_peer_port);

  std::string_view engine() const override { return "tcp"; }
  Abilities abilities() const override;
  bool listening() const override { return listening_.lock() != nullptr; }
  std::unique_ptr<Wire> connect_peer(const ConnectOptions& options) override;
  std::optional<std::size_t> accept_queue() override;
  bool accept_queue_is_full() override;
  bool wire_is_ready(Wire& wire, short events) override;

  bool can_show(History history) const override;
  bool abort_pending(int listener) override;

  long socket(int domain, int type, int protocol) override;
  long bind(int fd, const sockaddr* address, socklen_t size) override;
  long listen(int fd, int backlog) override;
  long connect(int fd, const sockaddr* address, socklen_t size) override;
  long accept4(int fd, sockaddr* address, socklen_t* size, int flags) override;
  long getsockname(int fd, sockaddr* address, socklen_t* size) override;
  long getpeername(int fd, sockaddr* address, socklen_t* size) override;
  long getsockopt(int fd, int level, int name, void* value, socklen_t* size) override;
  long setsockopt(int fd, int level, int name, const void* value, socklen_t size) override;
  long shutdown(int fd, int how) override;
  long close(int fd) override;
  long receive(ByteCall call, int fd, const iovec* parts, int count, int flags) override;
  long transmit(ByteCall call, int fd, const iovec* parts, int count, int flags) override;

 private:
  struct Socket;
  class LoopbackWire;
  struct PeerEnd {
    in_port_t shown_port;  // what the target is told
    bool tiny_buffers;
    int fd;  // -1 once closed
    LoopbackConnection connection;
  };

  void await_arrival(const Socket& socket);
  tcp_info queue_of_listener() const;

  std::uint16_t next_peer_port_;
  SockDiag sock_diag_;
  std::weak_ptr<Socket> listening_;     // where peers connect to
  std::map<in_port_t, PeerEnd> peers_;  // by the port they really have
};

}  // namespace e3
