// SPDX-License-Identifier: MIT
// Files that the command line names.
#pragma once

#include <string>

namespace e3::cli {

// As report::write_file. Throws UsageError: the path was the user's.
void write_output(const std::string& path, const std::string& content);

// Makes the folder, and those above it, where there is none. Throws UsageError.
void make_folder(const std::string& path);

}  // namespace e3::cli
