// SPDX-License-Identifier: MIT
// The world around the program that this library is loaded into. There is one: a program cannot be
// started twice in one process.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "harness/preload/inside.h"
#include "harness/world/world_source.h"

namespace e3::preload {

class PreloadedSource final : public WorldSource {
 public:
  // Runs the program until it waits for its first connection. `unmodelled` is told of a call that
  // the simulated kernel lacks, and does not return. `hidden` is a descriptor of ours: the
  // program may close it as often as it likes. `port`: where peers connect if it listens on
  // several. Throws TargetUnavailable.
  PreloadedSource(const ProgramMain& program, std::uint64_t seed, std::uint16_t port,
                  Transcript& transcript, std::function<void(const char* call)> unmodelled,
                  int hidden = -1);

  World& world() override { return *world_; }
  void begin_check() override {}
  void renew() override {}  // e3 starts the program anew
  bool can_renew() const override { return false; }
  std::string description() const override;

 private:
  std::string name_;
  std::unique_ptr<World> world_;
};

}  // namespace e3::preload
