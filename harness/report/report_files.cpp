// SPDX-License-Identifier: MIT
#include "harness/report/report_files.h"

#include <fmt/format.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace e3::report {
namespace {

constexpr std::string_view kStandardOutput = "-";
// A whole format is written anew only while that costs less than this part of the run's time.
constexpr int kShareOfTheRun = 10;

[[noreturn]] void fail_to_write(const std::string& path, int error) {
  throw std::system_error(error, std::generic_category(), fmt::format("cannot write {}", path));
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
      if (report.path != kStandardOutput) write_whole(report, run);
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
    } else if (report.path != kStandardOutput && report.spent * kShareOfTheRun <= run.duration) {
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
  const std::string temporary = path + ".partial";
  std::FILE* file = std::fopen(temporary.c_str(), "w");
  bool written = file != nullptr;
  if (written) written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  int error = errno;
  if (file != nullptr && std::fclose(file) != 0) {
    if (written) error = errno;
    written = false;
  }
  if (written && std::rename(temporary.c_str(), path.c_str()) == 0) return;
  if (written) error = errno;
  std::remove(temporary.c_str());
  fail_to_write(path, error);
}

}  // namespace e3::report
