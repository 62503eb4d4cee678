// SPDX-License-Identifier: MIT
// What a fuzz target says of how it is to be run: NAME.options, as OSS-Fuzz reads it, or NAME.dict.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace e3::cli {

struct FuzzerOptions {
  std::filesystem::path file;      // empty: there is none
  std::vector<std::string> words;  // for libFuzzer's command line
};

// Those beside the program, else e3's own of that name; fuzzers of other servers that play
// scenarios take those of e3's schedules. Throws UsageError when they name a dictionary that is not
// there.
FuzzerOptions options_of(const std::filesystem::path& fuzzer);

}  // namespace e3::cli
