// SPDX-License-Identifier: MIT
// Runs cases in worlds of this process: sets the scene, and judges what the session saw.
#pragma once

#include <cstddef>
#include <string>

#include "harness/checks/learned.h"
#include "harness/checks/runner.h"
#include "harness/world/world_source.h"

namespace e3 {

// Why a world of these abilities cannot show what the check is about; empty: it can.
std::string missing_ability(const Check& check, const Abilities& abilities);

class WorldRunner final : public CaseRunner {
 public:
  // Both must outlive the runner. Of `options`, the profile, the seed and the strictness count.
  WorldRunner(WorldSource& source, const RunOptions& options)
      : source_(&source), options_(&options) {}

  CheckResult run_one(const CheckCase& which) override;
  EngineFacts facts() override;

 private:
  // Notes what came of a case, and whether somebody waited for nothing in it.
  void learn_from(const CheckResult& result, bool waited);

  WorldSource* source_;
  const RunOptions* options_;
  Learned learned_;
  std::size_t controls_in_vain_ = 0;  // in a row
  bool has_passed_ = false;
  std::size_t cases_in_vain_ = 0;  // somebody waited for nothing
};

}  // namespace e3
