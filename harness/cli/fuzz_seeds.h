// SPDX-License-Identifier: MIT
// What e3 fuzz gives a fuzzer to begin with.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace e3::cli {

// Folders: ./corpus/NAME of the project at hand, e3's own of the first of `names` that it has, and
// what is made, in `made`, of the request of the fuzzer's profile, if it has one. Prints which.
std::vector<std::filesystem::path> seeds_for(const std::filesystem::path& fuzzer,
                                             const std::vector<std::string>& names,
                                             const std::filesystem::path& made);

// That folder alone. Prints it. Throws UsageError when it is none.
std::vector<std::filesystem::path> only_seeds(const std::filesystem::path& folder);

}  // namespace e3::cli
