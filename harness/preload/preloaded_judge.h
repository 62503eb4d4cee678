// SPDX-License-Identifier: MIT
// Judges an unmodified program, with the harness preloaded: it is started once, up to where it
// waits for its first connection, and each scenario is played against a copy made by fork(2). So
// every scenario has a new target at the cost of a fork.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/explore/judge.h"
#include "harness/preload/launch.h"
#include "harness/preload/preloaded_process.h"
#include "harness/world/world.h"

namespace e3::preload {

class PreloadedJudge final : public explore::Judge {
 public:
  // Throws std::invalid_argument, as launch_of(); TargetUnavailable; explore::ControlFailed.
  PreloadedJudge(PreloadOptions options, const Profile& profile, std::uint64_t seed);

  std::string description() const { return description_of(options_); }

  std::optional<Violation> judge(const scenario::Scenario& scenario) override {
    return verdict_on(scenario, Question::What::kJudge);
  }
  bool seems_wrong(const scenario::Scenario& scenario) override {
    return verdict_on(scenario, Question::What::kGlance).has_value();
  }
  std::size_t faults_struck() const override { return faults_struck_; }
  std::vector<std::string> transcript() const override { return transcript_; }
  std::vector<std::string> remarks() const override;

  std::vector<CallSite> record_calls(const scenario::Scenario& scenario) override;
  bool can_inject(const Fault& fault) override { return !objection_to(fault); }

  Answer answer_to(const std::string& request) override;

 private:
  std::optional<Violation> verdict_on(const scenario::Scenario& scenario, Question::What how);
  void start();
  // What is neither last words nor a failure of the whole. Unsupported{} of no call: no answer
  // came.
  Reply ask(const Question& question);
  std::optional<Violation> not_judged(std::string why);
  // Why there is nothing of what was asked.
  std::string why_not(const Reply& reply) const;

  PreloadOptions options_;
  Launch launch_;
  Order order_;
  std::unique_ptr<PreloadedProcess> process_;
  std::size_t faults_struck_ = 0;
  std::vector<std::string> transcript_;
  std::map<std::string, std::size_t> not_judged_;  // how many scenarios, by the reason
};

}  // namespace e3::preload
