// SPDX-License-Identifier: MIT
#include "harness/cli/output_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "harness/cli/options.h"
#include "harness/report/report_files.h"

namespace e3::cli {

void write_output(const std::string& path, const std::string& content) {
  try {
    report::write_file(path, content);
  } catch (const std::system_error& error) {
    throw UsageError{error.what()};
  }
}

void make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw UsageError{fmt::format("cannot make the folder {}: {}", path, error.message())};
}

}  // namespace e3::cli
