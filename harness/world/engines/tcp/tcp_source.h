// SPDX-License-Identifier: MIT
// Worlds over real TCP: a spawned program, started anew when a scenario has broken it, or a server
// that already runs, which e3 neither starts nor stops.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "harness/world/engines/tcp/endpoint.h"
#include "harness/world/engines/tcp/program.h"
#include "harness/world/world_source.h"

namespace e3 {

class TcpSource final : public WorldSource {
 public:
  // A running server.
  TcpSource(Endpoint endpoint, std::chrono::milliseconds timeout, Transcript& transcript);
  // A program, started at the first use.
  TcpSource(ProgramOptions program, std::chrono::milliseconds timeout, Transcript& transcript);
  ~TcpSource() override;

  World& world() override;
  void begin_check() override;
  void renew() override;
  void restart() override;
  std::string description() const override;

 private:
  void start(const ProgramOptions& options);

  Endpoint endpoint_;
  ProgramOptions program_options_;  // without a command: the server runs already
  std::chrono::milliseconds timeout_;
  Transcript* transcript_;
  std::unique_ptr<Program> program_;
  std::unique_ptr<World> world_;
};

}  // namespace e3
