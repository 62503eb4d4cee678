// SPDX-License-Identifier: MIT
// What an execution costs while fuzzing: one exchange for each input that libFuzzer makes up, with
// the server sanitized and covered, and the harness as the build has it. engines.py counts.
//   exchange_fuzzer --engine=sim|socketpair [libFuzzer's options]
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/world/engines/in_process_source.h"
#include "lean_exchange.h"

namespace {

e3::InProcessEngine engine = e3::InProcessEngine::kSim;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  char** const end = *arguments + *count;
  char** const left = std::remove_if(*arguments, end, [](const char* argument) {
    if (argument == std::string_view("--engine=socketpair")) {
      engine = e3::InProcessEngine::kSocketpair;
    }
    return std::string_view(argument).starts_with("--engine=");
  });
  *count = static_cast<int>(left - *arguments);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* /*data*/, std::size_t /*size*/) {
  static auto& transcript = *new e3::Transcript;
  static auto& source = *new e3::InProcessSource(e3::bench::lean_server(), engine, 42, transcript);
  if (!e3::bench::exchange(source.world())) std::abort();
  return 0;
}
