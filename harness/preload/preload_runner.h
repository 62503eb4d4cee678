// SPDX-License-Identifier: MIT
// Runs cases inside an unmodified program: the harness is preloaded into it and carries a simulated
// kernel along; the program is started once for each case.
#pragma once

#include <string>
#include <vector>

#include "harness/checks/runner.h"
#include "harness/preload/launch.h"
#include "harness/preload/preloaded_process.h"

namespace e3::preload {

class PreloadRunner final : public CaseRunner {
 public:
  // Throws std::invalid_argument, as launch_of().
  PreloadRunner(const PreloadOptions& options, const RunOptions& run);

  CheckResult run_one(const CheckCase& which) override;
  EngineFacts facts() override { return facts_; }
  std::string description() const { return description_of(options_); }

 private:
  CheckResult ended(PreloadedProcess& process, const CheckCase& which,
                    std::vector<std::string> transcript);
  // It made a call that the simulated kernel does not model.
  CheckResult outside(const CheckCase& which, std::string_view call);
  void tell_once(CheckResult& result);

  PreloadOptions options_;
  const RunOptions* run_;
  Launch launch_;
  EngineFacts facts_;
  bool concluded_any_ = false;
  int outside_ = 0;
  std::string told_;  // the cause of the last failure of an undisturbed exchange
};

}  // namespace e3::preload
