// SPDX-License-Identifier: MIT
// Runs schedules on the model and on Linux and tells where they differ for good.
#pragma once

#include <optional>
#include <string>

#include "executor.h"
#include "linux_system.h"
#include "model_system.h"
#include "schedule.h"

namespace e3::differential {

struct Mismatch {
  Schedule schedule;   // shrunk
  std::string report;  // every step with both outcomes, the first difference marked
};

class Comparison {
 public:
  // `config` names the choices that the environment makes (KernelConfig).
  explicit Comparison(bool unix_sockets, const sim::KernelConfig& config = {});

  // Nothing when both agree, or when Linux agrees with the model in one of several patient runs:
  // what differs once only is timing, not a rule.
  std::optional<Mismatch> compare(const Schedule& schedule);

  // Differences that did not come back.
  long timing_differences() const { return timing_differences_; }
  long steps() const { return steps_; }

 private:
  bool differs_once(const Schedule& schedule);
  bool differs_always(const Schedule& schedule);
  Schedule shrink(Schedule schedule);
  std::string report(const Schedule& schedule);

  LinuxSystem linux_;
  ModelSystem model_;
  Executor linux_executor_;
  Executor model_executor_;
  long timing_differences_ = 0;
  long steps_ = 0;
};

}  // namespace e3::differential
