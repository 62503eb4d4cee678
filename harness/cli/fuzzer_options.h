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

// By which its seeds and options may be called, the first one first: its own, and that of e3's
// schedules where it plays scenarios. Reads the program.
std::vector<std::string> names_of_files(const std::filesystem::path& fuzzer);

// Those beside the program, else e3's own of the first of these names that has any. Throws
// UsageError when they name a dictionary that is not there.
FuzzerOptions options_of(const std::filesystem::path& fuzzer,
                         const std::vector<std::string>& names);

}  // namespace e3::cli
