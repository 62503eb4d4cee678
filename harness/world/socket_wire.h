// SPDX-License-Identifier: MIT
// A wire over a real, non-blocking stream socket.
#pragma once

#include <string>

#include "harness/world/wire.h"

namespace e3 {

class SocketWire final : public Wire {
 public:
  explicit SocketWire(int fd) : fd_(fd) {}  // takes ownership
  ~SocketWire() override { SocketWire::close(); }
  SocketWire(const SocketWire&) = delete;
  SocketWire& operator=(const SocketWire&) = delete;

  long send(const char* bytes, std::size_t size) override;
  long receive(char* buffer, std::size_t size) override;
  void shutdown_write() override;
  void close() override;
  void reset() override;

  int fd() const { return fd_; }  // -1 once closed

 private:
  int fd_;
};

}  // namespace e3
