// SPDX-License-Identifier: MIT
#include "harness/cli/fuzz_seeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <system_error>

#include "harness/checks/profile.h"
#include "harness/cli/fuzz_finding.h"
#include "harness/cli/options.h"
#include "harness/cli/output_file.h"
#include "harness/cli/shipped_files.h"
#include "harness/explore/profile_protocol.h"
#include "harness/explore/request_seeds.h"
#include "harness/scenario/byte_form.h"

namespace e3::cli {
namespace {

namespace fs = std::filesystem;

// That of the first name which has one; empty: none has.
fs::path folder_of(const std::vector<fs::path>& corpora, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    for (const fs::path& corpus : corpora) {
      std::error_code error;
      if (fs::is_directory(corpus / name, error)) return fs::canonical(corpus / name);
    }
  }
  return {};
}

bool make_seeds(const std::string& profile_word, const fs::path& folder) {
  try {
    const Profile& profile = load_profile(profile_word);
    std::error_code error;
    fs::remove_all(folder, error);  // an earlier run's may have been another request's
    make_folder(folder);
    for (const explore::Seed& seed : explore::request_seeds(explore::protocol_of(profile))) {
      write_output((folder / seed.name).string(), scenario::encode(seed.scenario));
    }
    return true;
  } catch (const std::invalid_argument& unreadable) {
    fmt::print("no seeds of the fuzzer's profile: {}\n", unreadable.what());
    return false;
  }
}

}  // namespace

std::vector<fs::path> seeds_for(const fs::path& fuzzer, const std::vector<std::string>& names,
                                const fs::path& made) {
  std::vector<fs::path> seeds;
  for (const fs::path& folder :
       {folder_of({"corpus"}, names), folder_of(shipped_folders("corpus", "corpus"), names)}) {
    if (folder.empty() || std::find(seeds.begin(), seeds.end(), folder) != seeds.end()) continue;
    seeds.push_back(folder);
    fmt::print("seeds {}\n", folder.string());
  }
  const auto profile = profile_of(fuzzer);
  if (profile && make_seeds(*profile, made)) {
    seeds.push_back(made);
    fmt::print("seeds {}, made of the request of the profile {}\n", made.string(), *profile);
  }
  return seeds;
}

std::vector<fs::path> only_seeds(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw UsageError{fmt::format("{} is no folder", folder.string())};
  }
  fmt::print("seeds {}\n", folder.string());
  return {folder};
}

}  // namespace e3::cli
