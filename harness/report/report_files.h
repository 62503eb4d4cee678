// SPDX-License-Identifier: MIT
// The reports of one run, kept up to date as the run goes on, so that what is known is on disk
// whatever ends the run.
#pragma once

#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/checks/runner.h"
#include "harness/report/destination.h"
#include "harness/report/formats.h"

namespace e3::report {

// One that cannot be written, on a full disk or to a reader that is gone, disturbs neither the run
// nor the other reports; run_ended() tells of it.
class ReportFiles {
 public:
  // Begins every report. Throws std::invalid_argument for a format that does not exist.
  ReportFiles(const std::vector<Destination>& destinations, const RunResult& run);

  // `run.checks.back()` has just ended.
  void check_ended(const RunResult& run);
  // No more checks will come: all of them were run, the user interrupted, or the target is gone.
  // Throws std::system_error for the first report that could not be written, after all others.
  void run_ended(const RunResult& run);

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const;
  };
  struct Report {
    const Format* format;
    std::string path;
    std::unique_ptr<std::FILE, CloseFile> file;  // of a format that grows
    std::chrono::nanoseconds spent{0};           // on writing a whole format anew
    bool once = false;                           // a whole format that is written at the end only
    std::exception_ptr failure = nullptr;        // of the last attempt
  };

  static void begin(Report& report, const RunResult& run);
  static void add(Report& report, const std::string& lines);
  static void write_whole(Report& report, const RunResult& run);
  static void attempt(Report& report, const std::function<void()>& write);

  std::vector<Report> reports_;
};

// Everything about a run that is over, at once; `blank` is the run before it began. Throws as
// ReportFiles.
void write_reports(const std::vector<Destination>& destinations, const RunResult& blank,
                   const RunResult& run);

// Writes a file whole or not at all: a temporary file beside it, then rename(2). A symbolic link
// stays one; a FIFO, a device and the like are written to. Throws std::system_error.
void write_file(const std::string& path, const std::string& content);

}  // namespace e3::report
