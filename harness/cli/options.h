// SPDX-License-Identifier: MIT
// What the command line asks for.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/report/report_files.h"

#include "harness/cli/selection.h"

namespace e3::cli {

enum class ExitCode {
  kAsExpected = 0,
  kConformanceFailure = 1,
  kUsage = 2,
  kTargetUnavailable = 3,
  kInternalError = 4,
  kNothingSelected = 5,
  kInterrupted = 130,
};

enum class Command {
  kNone,
  kRun,
  kList,
  kExplain,
  kReplay,
  kMinimize,
  kSeeds,
  kExhaust,
  kTorture,
  kFuzz,
  kCompare,
  kSelftest,
  kProbe,
};

struct Options {
  std::string program = "e3";  // as it was started
  Command command = Command::kNone;

  std::vector<std::string> selection;  // ids, families, globs; selftest: servers. None: all
  std::vector<std::string> exclude;
  std::string endpoint;  // HOST:PORT
  std::string spawn;
  bool preload = false;
  std::uint16_t port = 0;
  std::string engine = "auto";
  std::string profile = "http";
  bool allow_remote = false;
  std::optional<std::chrono::milliseconds> timeout;        // none: the command's own
  std::optional<std::chrono::milliseconds> ready_timeout;  // of a program
  std::uint64_t seed = 42;
  bool fail_fast = false;
  Level least = Level::kMay;
  bool strict = false;
  std::string fail_on = "must";
  std::size_t max_failures = 0;  // 0: no bound
  std::size_t repeat = 1;
  bool until_fail = false;
  Shard shard;
  std::string rerun_failed;  // a JSON report
  std::string expectations;  // a TOML file
  bool update_expectations = false;
  bool dry_run = false;
  std::vector<std::string> report_words;  // as written
  std::vector<report::Destination> reports;
  std::string shown_at;
  int skip_exit = 0;  // the exit code when everything was skipped
  std::string color = "auto";
  bool verbose = false;
  bool quiet = false;

  bool as_json = false;                           // list, selftest, probe
  bool list_only = false;                         // selftest
  std::uint16_t served_port = 0;                  // selftest
  std::optional<std::chrono::milliseconds> wait;  // probe
  std::string written_profile;                    // probe: a file
  std::string subject;                            // explain

  std::string scenario;            // replay, minimize: a file, or a name
  std::string output;              // minimize
  std::string only;                // exhaust: the sweeps that begin with this
  std::string request;             // exhaust; empty: the profile's
  std::vector<std::string> files;  // seeds
  std::string fuzzer = "fuzz_schedule";
  std::chrono::seconds time{60};  // fuzz
  int jobs = 1;                   // fuzz
  std::string corpus;             // fuzz: a folder, instead of the usual seeds
  std::uint64_t pairs = 10'000;   // torture
  std::string tier = "linux";     // torture

  std::vector<std::string> compared;  // compare: two JSON reports
};

// A bad command line: the message says what to write instead.
struct UsageError {
  std::string message;
};

// A report or other output that could not be written: on a full disk, or to a reader that is gone.
struct OutputLost {
  std::string message;
};

// Parses the arguments; `profile` is for those that name none. Throws UsageError. Returns with
// command kNone when help or the version was printed.
Options parse_command_line(int argc, char** argv, const std::string& profile = "http");

}  // namespace e3::cli
