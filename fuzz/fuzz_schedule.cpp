// SPDX-License-Identifier: MIT
// A whole server in the simulated kernel, under any schedule: several peers, splits, reads,
// hang-ups, resets and time, from the byte form of scenarios. Each connection must get what its
// bytes get undisturbed, and every invariant must hold afterwards.
#include "harness/explore/fuzz_input.h"
#include "harness/targets/shipped_server.h"
#include "shipped_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto& judge = *new e3::explore::InputJudge(
      e3::targets::shipped_server("http"), e3::InProcessEngine::kSim, e3::fuzz::shipped_protocol());
  judge.judge(data, size);
  return 0;
}
