// SPDX-License-Identifier: MIT
// A server with a bug that only a schedule shows: it must be found, which proves the fuzzer. What
// the bug is, canary_server.cpp says.
#include "canary_server.h"
#include "harness/explore/fuzz_input.h"
#include "shipped_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto& judge = *new e3::explore::InputJudge(
      {.name = "canary", .serve = [] { e3::fuzz::serve_canary(8080); }, .stop = {}},
      e3::InProcessEngine::kSim, e3::fuzz::shipped_protocol());
  judge.judge(data, size);
  return 0;
}
