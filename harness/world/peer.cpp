// SPDX-License-Identifier: MIT
#include "harness/world/peer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "harness/world/world.h"

namespace e3 {

std::string_view to_string(Ending ending) {
  switch (ending) {
    case Ending::kOpen:
      return "still open";
    case Ending::kEof:
      return "end of file";
    case Ending::kReset:
      return "reset";
  }
  return "unknown";
}

Peer::Peer(World& world, std::string name, std::unique_ptr<Wire> wire)
    : world_(&world), name_(std::move(name)), wire_(std::move(wire)) {
  note("connects");
}

Peer::~Peer() {
  if (wire_ != nullptr) close();
}

std::size_t Peer::send(std::string_view bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const long count = wire_->send(bytes.data() + sent, bytes.size() - sent);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
    } else if (count != -EAGAIN || !world_->wait_writable(*wire_)) {
      break;
    }
  }
  note(fmt::format("sends {} of {} {}", sent, bytes.size(), quoted(bytes)));
  return sent;
}

void Peer::shutdown_write() {
  note("half-closes");
  wire_->shutdown_write();
}

void Peer::close() {
  note("closes");
  world_->forget(*wire_);
  wire_->close();
  wire_.reset();
}

void Peer::reset() {
  note("resets");
  world_->forget(*wire_);
  wire_->reset();
  wire_.reset();
}

std::size_t Peer::receive_now(std::size_t limit) {
  if (ending_ != Ending::kOpen) return 0;
  std::array<char, 65536> buffer;  // NOLINT: filled by receive
  const long count = wire_->receive(buffer.data(), std::min(limit, buffer.size()));
  if (count > 0) {
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    received_ += bytes;
    note(fmt::format("receives {} {}", count, quoted(bytes)));
    return bytes.size();
  }
  if (count == 0) {
    ending_ = Ending::kEof;
    note("sees end of file");
  } else if (count != -EAGAIN) {
    ending_ = Ending::kReset;
    note(fmt::format("sees {}", strerrorname_np(static_cast<int>(-count))));
  }
  return 0;
}

std::size_t Peer::receive(std::size_t limit) {
  const std::size_t count = receive_now(limit);
  if (count > 0 || ending_ != Ending::kOpen || !world_->wait_readable(*wire_)) return count;
  return receive_now(limit);
}

void Peer::receive_up_to(std::size_t total) {
  while (received_.size() < total && receive(total - received_.size()) > 0) {
  }
}

void Peer::receive_to_end() {
  while (receive(65536) > 0) {
  }
}

void Peer::note(std::string_view what) { world_->transcript().record(world_->now(), name_, what); }

}  // namespace e3
