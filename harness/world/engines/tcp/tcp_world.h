// SPDX-License-Identifier: MIT
// A target behind real TCP: a program that e3 spawned, or a server that already runs. Time is
// real; every wait is for a condition, bounded by the time-out.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/world/engines/tcp/endpoint.h"
#include "harness/world/engines/tcp/program.h"
#include "harness/world/engines/tcp/sock_diag.h"
#include "harness/world/socket_wire.h"
#include "harness/world/world.h"

namespace e3 {

class TcpWorld final : public World {
 public:
  // `program` may be null: then the target's inside cannot be seen. It must outlive the world.
  TcpWorld(Endpoint endpoint, Program* program, std::chrono::milliseconds timeout,
           Transcript& transcript);

  const Abilities& abilities() const override { return abilities_; }
  std::string_view engine() const override { return "tcp"; }
  void settle() override;
  void hold() override;
  void release() override;
  void advance(VirtualTime /*duration*/) override {}
  bool wait_readable(Wire& wire) override;
  bool wait_writable(Wire& wire) override;
  Health health() override;
  Usage usage() override;
  bool ends_when_asked(std::chrono::milliseconds bound) override;
  std::optional<std::size_t> mark_descriptors() override;
  std::optional<std::size_t> descriptors_down_to(std::size_t wanted) override;
  // Real time, which tells where peers waited; so no two transcripts are the same.
  VirtualTime now() const override { return std::chrono::steady_clock::now() - began_; }
  std::optional<std::size_t> accept_queue() override;
  void forget(Wire& wire) override;
  std::vector<std::string> remarks() const override;

 private:
  std::unique_ptr<Wire> open_wire(const ConnectOptions& options) override;
  bool wait_for(Wire& wire, short events);
  bool was_read(const SocketWire& wire);
  void let_it_act();
  bool target_lives();
  std::size_t connections_kept();

  Endpoint endpoint_;
  Program* program_;
  std::chrono::milliseconds timeout_;
  Abilities abilities_;
  SockDiag sock_diag_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::vector<SocketWire*> wires_;
  std::vector<pid_t> marked_processes_;  // those of the target when mark_descriptors() was called
  std::vector<Ends> left_;               // connections that our side has closed since then
  bool held_ = false;
  bool timed_ = false;  // fragments are kept apart by time only
};

}  // namespace e3
