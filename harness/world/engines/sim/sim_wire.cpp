// SPDX-License-Identifier: MIT
#include "harness/world/engines/sim/sim_wire.h"

#include <sys/socket.h>

#include <cstdint>
#include <span>

namespace e3 {

long SimWire::send(const char* bytes, std::size_t size) {
  return socket_.send(std::as_bytes(std::span(bytes, size)), MSG_NOSIGNAL);
}

long SimWire::receive(char* buffer, std::size_t size) {
  return socket_.receive(std::as_writable_bytes(std::span(buffer, size)));
}

void SimWire::shutdown_write() { socket_.shutdown(SHUT_WR); }

bool SimWire::is_ready(short events) {
  return (socket_.poll() & static_cast<std::uint32_t>(events)) != 0;
}

}  // namespace e3
