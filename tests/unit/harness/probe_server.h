// SPDX-License-Identifier: MIT
// Probes a server that is linked in.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "harness/probe/probe.h"
#include "harness/world/engines/in_process_source.h"

namespace e3::probe {

inline Result probe_server(std::function<void()> serve, const std::string& profile = "http") {
  InProcessTarget target;
  target.name = "server";
  target.serve = std::move(serve);
  Transcript transcript;
  InProcessSource source(target, InProcessEngine::kSim, 42, transcript);
  return probe(source, load_profile(profile), {});
}

}  // namespace e3::probe
