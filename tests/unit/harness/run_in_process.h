// SPDX-License-Identifier: MIT
// Runs checks against a server that is linked in, with the profile of HTTP.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "harness/checks/runner.h"
#include "harness/world/engines/in_process_source.h"

namespace e3 {

inline RunResult run_in_process(std::function<void()> serve,
                                const std::vector<const Check*>& checks,
                                InProcessEngine engine = InProcessEngine::kSim,
                                const Profile& profile = *find_profile("http"),
                                bool strict = false) {
  InProcessTarget target;
  target.name = "server under test";
  target.serve = std::move(serve);
  Transcript transcript;
  InProcessSource source(target, engine, 42, transcript);
  RunResult result;
  run_checks(
      checks, source, {.profile = &profile, .seed = 42, .strict = strict},
      [](const Check&, const CheckResult*) {}, result);
  return result;
}

}  // namespace e3
