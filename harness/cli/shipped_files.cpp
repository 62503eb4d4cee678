// SPDX-License-Identifier: MIT
#include "harness/cli/shipped_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <system_error>

#include "harness/checks/profile.h"
#include "harness/cli/options.h"

namespace e3::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".toml";

// Files of profiles by name, sorted.
std::vector<fs::path> shipped_profiles() {
  std::vector<fs::path> files;
  for (const fs::path& folder : shipped_folders("profiles", "harness/checks/profiles")) {
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      if (at->path().extension() == kExtension) files.push_back(fs::canonical(at->path()));
    }
    if (!files.empty()) break;
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

fs::path folder_of_e3() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

std::vector<fs::path> shipped_folders(const fs::path& installed, const fs::path& in_source) {
  return {folder_of_e3() / "../share/e3" / installed, folder_of_e3() / "../../.." / in_source};
}

std::vector<std::string> profile_names() {
  std::vector<std::string> names;
  for (const Profile& profile : profiles()) names.push_back(profile.name);
  for (const fs::path& file : shipped_profiles()) names.push_back(file.stem().string());
  return names;
}

std::string profile_word(const std::string& word) {
  for (const fs::path& file : shipped_profiles()) {
    if (file.stem() == word) return file.string();
  }
  if (find_profile(word) == nullptr && !word.ends_with(kExtension)) {
    throw UsageError{fmt::format("no profile is called '{}'; take {}, or a FILE.toml", word,
                                 fmt::join(profile_names(), ", "))};
  }
  try {
    load_profile(word);
  } catch (const std::invalid_argument& error) {
    throw UsageError{error.what()};
  }
  return word;
}

}  // namespace e3::cli
