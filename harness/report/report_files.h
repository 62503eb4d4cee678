// SPDX-License-Identifier: MIT
// The reports of one run, kept up to date as the run goes on, so that what is known is on disk
// whatever ends the run.
#pragma once

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "harness/checks/runner.h"
#include "harness/report/formats.h"

namespace e3::report {

// Where one report goes.
struct Destination {
  std::string format;  // a name of formats()
  std::string path;    // "-": standard output
};

class ReportFiles {
 public:
  // Opens and begins every report: a path that cannot be written shows now, not at the end.
  // Throws std::system_error, std::invalid_argument for a format that does not exist.
  ReportFiles(const std::vector<Destination>& destinations, const RunResult& run);

  // `run.checks.back()` has just ended.
  void check_ended(const RunResult& run);
  // No more checks will come: all of them were run, the user interrupted, or the target is gone.
  void run_ended(const RunResult& run);

 private:
  struct CloseFile {
    // Standard output is not ours to close.
    void operator()(std::FILE* file) const { std::ignore = file == stdout ? 0 : std::fclose(file); }
  };
  struct Report {
    const Format* format;
    std::string path;
    std::unique_ptr<std::FILE, CloseFile> file;  // of a format that grows
    std::chrono::nanoseconds spent{0};           // on writing a whole format anew
    bool once = false;                           // a whole format that is written at the end only
  };

  void write_whole(Report& report, const RunResult& run);

  std::vector<Report> reports_;
};

// Writes a file whole or not at all: a temporary file beside it, then rename(2). A symbolic link
// stays one; a FIFO, a device and the like are written to. Throws std::system_error.
void write_file(const std::string& path, const std::string& content);

}  // namespace e3::report
