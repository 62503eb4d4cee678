// SPDX-License-Identifier: MIT
// fuzz_schedule, whose server has one known bug; fuzzing.py measures how soon it is found.
//   mutant_fuzzer --mutant=NAME [libFuzzer's options]
//   mutant_fuzzer --list
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fuzz/shipped_protocol.h"
#include "harness/explore/fuzz_input.h"
#include "harness/mutants/tiny_server.h"

namespace {

constexpr std::uint16_t kPort = 8080;
constexpr std::string_view kMutantOption = "--mutant=";

std::string mutant;

e3::mutants::Bug bug_named(std::string_view name) {
  for (const auto& [bug, its_name] : e3::mutants::bug_names()) {
    if (its_name == name) return bug;
  }
  std::fprintf(stderr, "there is no mutant '%s'\n", std::string(name).c_str());
  std::exit(2);
}

void list_mutants() {
  for (const auto& [bug, name] : e3::mutants::bug_names()) {
    if (e3::mutants::is_mutant(bug)) std::printf("%s\n", std::string(name).c_str());
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  char** const end = *arguments + *count;
  char** const left = std::remove_if(*arguments, end, [](std::string_view argument) {
    if (argument == "--list") {
      list_mutants();
      std::exit(0);
    }
    if (!argument.starts_with(kMutantOption)) return false;
    mutant = argument.substr(kMutantOption.size());
    return true;
  });
  *count = static_cast<int>(left - *arguments);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto& judge = *new e3::explore::InputJudge(
      {.name = mutant,
       .serve = [bug = bug_named(mutant)] { e3::mutants::serve_tiny(bug, kPort); },
       .stop = {}},
      e3::InProcessEngine::kSim, e3::fuzz::shipped_protocol());
  judge.judge(data, size);
  return 0;
}
