// SPDX-License-Identifier: MIT
#include "harness/cli/fuzzer_options.h"

#include <fmt/format.h>

#include <fstream>
#include <string_view>
#include <system_error>

#include "harness/checks/http_message.h"
#include "harness/cli/fuzz_finding.h"
#include "harness/cli/options.h"
#include "harness/cli/shipped_files.h"

namespace e3::cli {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

std::string without_blanks(std::string_view text) { return std::string(trimmed(text, " \t\r")); }

// "key = value" below [libfuzzer]; what other sections say is for other engines.
std::vector<std::string> words_of(const fs::path& options_file) {
  std::vector<std::string> words;
  std::ifstream file(options_file);
  bool for_libfuzzer = false;
  for (std::string line; std::getline(file, line);) {
    line = without_blanks(line);
    if (line.starts_with('[')) for_libfuzzer = line == "[libfuzzer]";
    const std::size_t equals = line.find('=');
    if (!for_libfuzzer || equals == line.npos || line.starts_with('#')) continue;
    const std::string key = without_blanks(line.substr(0, equals));
    std::string value = without_blanks(line.substr(equals + 1));
    if (key == "dict") {
      value = (options_file.parent_path() / value).string();
      if (!is_file(value)) {
        throw UsageError{fmt::format("{} names the dictionary {}, which is not there",
                                     options_file.string(), value)};
      }
    }
    words.push_back(fmt::format("-{}={}", key, value));
  }
  return words;
}

}  // namespace

std::vector<std::string> names_of_files(const fs::path& fuzzer) {
  std::vector<std::string> names{fuzzer.filename().string()};
  if (plays_scenarios(fuzzer)) names.emplace_back("fuzz_schedule");
  return names;
}

FuzzerOptions options_of(const fs::path& fuzzer, const std::vector<std::string>& names) {
  std::vector<fs::path> candidates{fuzzer};
  for (const std::string& shipped : names) {
    for (const fs::path& folder : shipped_folders("fuzz", "fuzz")) {
      candidates.push_back(folder / shipped);
    }
  }
  for (const fs::path& candidate : candidates) {
    const fs::path options = candidate.string() + ".options";
    if (is_file(options)) return {fs::canonical(options), words_of(fs::canonical(options))};
    const fs::path dictionary = candidate.string() + ".dict";
    if (!is_file(dictionary)) continue;
    return {fs::canonical(dictionary), {"-dict=" + fs::canonical(dictionary).string()}};
  }
  return {};
}

}  // namespace e3::cli
