// SPDX-License-Identifier: MIT
// A new world, with a new target, for each check: cheap in process, and so no check can see what
// an earlier one left behind.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "harness/world/engines/in_process_target.h"
#include "harness/world/world_source.h"

namespace e3 {

enum class InProcessEngine { kSim, kSocketpair, kTcp };

// What users call it.
std::string_view to_string(InProcessEngine engine);

class InProcessSource final : public WorldSource {
 public:
  InProcessSource(InProcessTarget target, InProcessEngine engine, std::uint64_t seed,
                  Transcript& transcript);

  World& world() override;
  void begin_check() override { renew(); }
  void renew() override;
  std::string description() const override;

 private:
  InProcessTarget target_;
  InProcessEngine engine_;
  std::uint64_t seed_;
  Transcript* transcript_;
  std::unique_ptr<World> world_;
};

}  // namespace e3
