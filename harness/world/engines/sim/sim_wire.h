// SPDX-License-Identifier: MIT
// A peer's end of a connection inside the simulated kernel.
#pragma once

#include "harness/kernel/peer_socket.h"
#include "harness/world/wire.h"

namespace e3 {

class SimWire final : public Wire {
 public:
  explicit SimWire(sim::PeerSocket socket) : socket_(socket) {}

  long send(const char* bytes, std::size_t size) override;
  long receive(char* buffer, std::size_t size) override;
  void shutdown_write() override;
  void close() override { socket_.close(); }
  void reset() override { socket_.reset(); }

  bool is_ready(short events);  // POLLIN or POLLOUT
  bool is_connecting() const { return socket_.valid() && socket_.connecting(); }

 private:
  sim::PeerSocket socket_;
};

}  // namespace e3
