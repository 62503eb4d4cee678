// SPDX-License-Identifier: MIT
// The inputs of fuzz_schedule on socketpairs and the real epoll: nothing below the server is
// simulated but the listener and the clock.
#include "harness/explore/fuzz_input.h"
#include "harness/targets/shipped_server.h"
#include "shipped_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto& judge =
      *new e3::explore::InputJudge(e3::targets::shipped_server("http"),
                                   e3::InProcessEngine::kSocketpair, e3::fuzz::shipped_protocol());
  judge.judge(data, size);
  return 0;
}
