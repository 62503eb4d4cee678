// SPDX-License-Identifier: MIT
// Where e3 finds what comes with it: beside itself when it is installed, else in the source.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace e3::cli {

std::filesystem::path folder_of_e3();

// The folders to look in, one of them there at most: `installed` in share/e3, `in_source` below the
// source of a build.
std::vector<std::filesystem::path> shipped_folders(const std::filesystem::path& installed,
                                                   const std::filesystem::path& in_source);

// Those that need no file of the user's.
std::vector<std::string> profile_names();

// The word for load_profile(): the path of a file when a shipped one has this name. Throws
// UsageError, which says what there is.
std::string profile_word(const std::string& word);

}  // namespace e3::cli
