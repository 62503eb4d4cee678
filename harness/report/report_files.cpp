// SPDX-License-Identifier: MIT
#include "harness/report/report_files.h"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <tuple>

#include "harness/report/standard_output.h"

namespace e3::report {
namespace {

constexpr std::string_view kStandardOutput = "-";
// A whole format is written anew only while that costs less than this part of the run's time.
constexpr int kShareOfTheRun = 10;

// While it lives, a reader that is gone makes an error of the write. For good it would change what
// a server in this process does: SIGPIPE is its own.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, &before_);
  }
  ~WithoutSigpipe() { sigaction(SIGPIPE, &before_, nullptr); }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

 private:
  struct sigaction before_ {};
};

[[noreturn]] void fail_to_write(const std::string& path, int error) {
  const std::string place = path == kStandardOutput ? "standard output" : path;
  throw std::system_error(error, std::generic_category(), fmt::format("cannot write {}", place));
}

// All of it, and now: what a reader sees is whole lines.
void put(std::FILE* file, const std::string& path, const std::string& text) {
  const WithoutSigpipe guard;
  if (std::fwrite(text.data(), 1, text.size(), file) != text.size() || std::fflush(file) != 0) {
    fail_to_write(path, errno);
  }
}

}  // namespace

// Standard output is not ours to close. What could not be written is tried once more.
void ReportFiles::CloseFile::operator()(std::FILE* file) const {
  const WithoutSigpipe guard;
  if (file != standard_output()) std::ignore = std::fclose(file);
}

ReportFiles::ReportFiles(const std::vector<Destination>& destinations, const RunResult& run) {
  for (const Destination& destination : destinations) {
    const Format* format = find_format(destination.format);
    if (format == nullptr) {
      throw std::invalid_argument(fmt::format("there is no report format '{}': write one of {}",
                                              destination.format, format_names()));
    }
    Report& report =
        reports_.emplace_back(Report{.format = format, .path = destination.path, .file = nullptr});
    report.once = is_stream(destination);
    attempt(report, [&] { begin(report, run); });
  }
}

void ReportFiles::begin(Report& report, const RunResult& run) {
  if (!report.format->grows()) {
    if (!report.once) write_whole(report, run);
    return;
  }
  // What only names an open file may hold lines of others.
  report.file.reset(report.path == kStandardOutput
                        ? standard_output()
                        : std::fopen(report.path.c_str(), report.once ? "a" : "w"));
  if (report.file == nullptr) fail_to_write(report.path, errno);
  put(report.file.get(), report.path, report.format->first_lines(run));
}

// Behind lines that were lost no others make sense.
void ReportFiles::add(Report& report, const std::string& lines) {
  if (report.failure) return;
  attempt(report, [&] { put(report.file.get(), report.path, lines); });
}

void ReportFiles::attempt(Report& report, const std::function<void()>& write) {
  report.failure = nullptr;
  try {
    write();
  } catch (const std::system_error&) {
    report.failure = std::current_exception();
  }
}

void ReportFiles::check_ended(const RunResult& run) {
  for (Report& report : reports_) {
    if (report.format->grows()) {
      add(report, report.format->check_lines(run, run.checks.back()));
    } else if (!report.once && report.spent * kShareOfTheRun <= run.duration) {
      attempt(report, [&] { write_whole(report, run); });
    }
  }
}

void ReportFiles::run_ended(const RunResult& run) {
  std::exception_ptr first;
  for (Report& report : reports_) {
    if (report.format->grows()) {
      add(report, report.format->last_lines(run));
    } else if (report.path == kStandardOutput) {
      attempt(report, [&] { put(standard_output(), report.path, report.format->whole(run)); });
    } else {
      attempt(report, [&] { write_whole(report, run); });
    }
    if (!first) first = report.failure;
  }
  if (first) std::rethrow_exception(first);
}

void ReportFiles::write_whole(Report& report, const RunResult& run) {
  const auto began = std::chrono::steady_clock::now();
  write_file(report.path, report.format->whole(run));
  report.spent += std::chrono::steady_clock::now() - began;
}

void write_reports(const std::vector<Destination>& destinations, const RunResult& blank,
                   const RunResult& run) {
  RunResult growing = blank;
  ReportFiles files(destinations, growing);
  for (const CheckResult& check : run.checks) {
    growing.checks.push_back(check);
    files.check_ended(growing);
  }
  files.run_ended(run);
}

void write_file(const std::string& path, const std::string& content) {
  const WithoutSigpipe guard;
  const std::optional<std::filesystem::path> target = replaceable(path);
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
