// SPDX-License-Identifier: MIT
#include "harness/report/report_files.h"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace e3::report {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStandardOutput = "-";
// A whole format is written anew only while that costs less than this part of the run's time.
constexpr int kShareOfTheRun = 10;

[[noreturn]] void fail_to_write(const std::string& path, int error) {
  throw std::system_error(error, std::generic_category(), fmt::format("cannot write {}", path));
}

// What is written there is gone to a reader or a device: it cannot be written anew.
bool is_stream(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

// The file that a whole new one may take the place of, behind all symbolic links. None for what is
// no regular file, and for what only names an open one, as /dev/stderr does.
std::optional<fs::path> replaceable(const fs::path& path) {
  if (path.native().starts_with("/dev/") || path.native().starts_with("/proc/")) return {};
  std::error_code error;
  if (!fs::exists(fs::symlink_status(path, error))) return path;
  if (fs::is_regular_file(path, error)) return fs::canonical(path);
  return {};
}

// All of it, and now: what a reader sees is whole lines.
void put(std::FILE* file, const std::string& path, const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), file) != text.size() || std::fflush(file) != 0) {
    fail_to_write(path, errno);
  }
}

}  // namespace

ReportFiles::ReportFiles(const std::vector<Destination>& destinations, const RunResult& run) {
  for (const Destination& destination : destinations) {
    const Format* format = find_format(destination.format);
    if (format == nullptr) {
      throw std::invalid_argument(fmt::format("there is no report format '{}': write one of {}",
                                              destination.format, format_names()));
    }
    Report& report =
        reports_.emplace_back(Report{.format = format, .path = destination.path, .file = nullptr});
    if (!format->grows()) {
      report.once = report.path == kStandardOutput || is_stream(report.path);
      if (!report.once) write_whole(report, run);
      continue;
    }
    report.file.reset(report.path == kStandardOutput ? stdout
                                                     : std::fopen(report.path.c_str(), "w"));
    if (report.file == nullptr) fail_to_write(report.path, errno);
    put(report.file.get(), report.path, format->first_lines(run));
  }
}

void ReportFiles::check_ended(const RunResult& run) {
  for (Report& report : reports_) {
    if (report.format->grows()) {
      put(report.file.get(), report.path, report.format->check_lines(run, run.checks.back()));
    } else if (!report.once && report.spent * kShareOfTheRun <= run.duration) {
      write_whole(report, run);
    }
  }
}

void ReportFiles::run_ended(const RunResult& run) {
  for (Report& report : reports_) {
    if (report.format->grows()) {
      put(report.file.get(), report.path, report.format->last_lines(run));
    } else if (report.path == kStandardOutput) {
      put(stdout, report.path, report.format->whole(run));
    } else {
      write_whole(report, run);
    }
  }
}

void ReportFiles::write_whole(Report& report, const RunResult& run) {
  const auto began = std::chrono::steady_clock::now();
  write_file(report.path, report.format->whole(run));
  report.spent += std::chrono::steady_clock::now() - began;
}

void write_file(const std::string& path, const std::string& content) {
  const std::optional<fs::path> target = replaceable(path);
  const std::string written_to = target ? target->string() + ".partial" : path;
  std::FILE* file = std::fopen(written_to.c_str(), target ? "w" : "a");
  bool written = file != nullptr;
  if (written) written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  int error = errno;
  if (file != nullptr && std::fclose(file) != 0) {
    if (written) error = errno;
    written = false;
  }
  if (written && (!target || std::rename(written_to.c_str(), target->c_str()) == 0)) return;
  if (written) error = errno;
  if (target) std::remove(written_to.c_str());
  fail_to_write(path, error);
}

}  // namespace e3::report
