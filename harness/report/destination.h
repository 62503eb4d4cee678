// SPDX-License-Identifier: MIT
// Where reports go, and what kind of place that is.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace e3::report {

struct Destination {
  std::string format;  // a name of formats()
  std::string path;    // "-": standard output
};

// The file that a whole new one may take the place of, behind all symbolic links. None for what is
// no regular file, and for what only names an open one, as /dev/stderr does.
std::optional<std::filesystem::path> replaceable(const std::filesystem::path& path);

// What is written there is gone to a reader or a device: it cannot be written anew.
bool is_stream(const Destination& destination);

// Throws std::system_error when write_file() could not write there. Changes nothing.
void check_replaceable(const std::string& path);

// Likewise for all of them, and std::invalid_argument when two of them are the same place.
void check_destinations(const std::vector<Destination>& destinations);

}  // namespace e3::report
