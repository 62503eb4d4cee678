// SPDX-License-Identifier: MIT
#include "harness/cli/scenario_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "harness/cli/options.h"
#include "harness/scenario/byte_form.h"
#include "harness/scenario/text_form.h"

namespace e3::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolders[] = {"corpus", "findings"};
constexpr std::string_view kExtension = ".e3";
// Larger files are no scenarios.
constexpr std::uintmax_t kSizeMax = 16U << 20U;

std::vector<fs::path> named(const std::string& id) {
  std::vector<fs::path> found;
  for (const char* folder : kFolders) {
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
      const fs::path& path = at->path();
      const bool same = path.filename() == id || path.filename() == id + std::string(kExtension);
      if (same && at->is_regular_file(error)) found.push_back(path);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

fs::path locate(const std::string& file_or_id) {
  std::error_code error;
  if (fs::is_regular_file(file_or_id, error)) return file_or_id;
  std::vector<fs::path> found = named(file_or_id);
  // Fuzzers' inputs are made of scenarios, and have their names.
  const auto is_seed = [](const fs::path& path) {
    return path.parent_path().filename().string().starts_with("fuzz_");
  };
  if (!std::all_of(found.begin(), found.end(), is_seed)) std::erase_if(found, is_seed);
  if (found.size() == 1) return found[0];
  if (found.empty()) {
    throw UsageError{fmt::format(
        "{}: no such file, and no scenario of that name below ./corpus or ./findings", file_or_id)};
  }
  throw UsageError{fmt::format("{} names several scenarios, among them {} and {}; give the path",
                               file_or_id, found[0].string(), found[1].string())};
}

std::string read(const fs::path& path) {
  std::error_code error;
  if (fs::file_size(path, error) > kSizeMax) {
    throw UsageError{fmt::format("{} is too large to be a scenario", path.string())};
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || file.bad()) throw UsageError{fmt::format("cannot read {}", path.string())};
  return bytes;
}

}  // namespace

ScenarioFile read_scenario(const std::string& file_or_id) {
  const fs::path path = locate(file_or_id);
  const std::string bytes = read(path);
  const bool is_text = path.extension() == kExtension;
  return {.path = path.string(),
          .name = is_text ? path.stem().string() : path.filename().string(),
          .scenario = is_text ? scenario::parse(bytes, path.string()) : scenario::decode(bytes)};
}

}  // namespace e3::cli
