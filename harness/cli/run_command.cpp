// SPDX-License-Identifier: MIT
#include "harness/cli/run_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "harness/checks/expectations.h"
#include "harness/checks/runner.h"
#include "harness/checks/world_runner.h"
#include "harness/cli/complaint.h"
#include "harness/cli/console.h"
#include "harness/cli/make_source.h"
#include "harness/cli/output_file.h"
#include "harness/cli/repeat_count.h"
#include "harness/cli/reproduce.h"
#include "harness/cli/selection.h"
#include "harness/preload/preload_runner.h"
#include "harness/report/escape.h"
#include "harness/report/report_files.h"
#include "harness/report/standard_output.h"
#include "harness/world/interrupt.h"

namespace e3::cli {
namespace {

using Destinations = std::vector<report::Destination>;

bool goes_to_standard_output(const report::Destination& report) { return report.path == "-"; }

// Standard output, unless a report has it for itself. Annotations live beside other lines.
std::FILE* console_stream(const Options& options) {
  const bool taken = std::any_of(
      options.reports.begin(), options.reports.end(), [](const report::Destination& report) {
        return goes_to_standard_output(report) && report.format != "github";
      });
  return taken ? stderr : report::standard_output();
}

Detail detail_of(const Options& options) {
  if (options.quiet) return Detail::kQuiet;
  return options.verbose ? Detail::kVerbose : Detail::kNormal;
}

// In UTC, as the dates in an expectations file are.
std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

// A file that is to be written may not be there yet.
Expectations read_expectations(const Options& options) {
  if (options.expectations.empty()) {
    if (!options.update_expectations) return {};
    throw UsageError{"--update-expectations needs --expectations FILE, the file to write"};
  }
  const bool exists = std::filesystem::exists(options.expectations);
  if (options.update_expectations && !exists) return {};
  return Expectations::read_file(options.expectations);
}

// Before anything is written: a command line that is refused overwrites no good report.
void check_outputs(const Options& options) {
  try {
    report::check_destinations(options.reports);
    if (options.update_expectations) report::check_replaceable(options.expectations);
  } catch (const std::system_error& error) {
    throw UsageError{error.what()};
  }
}

// Where the cases run, and how to tell of it.
struct Stage {
  std::unique_ptr<WorldSource> source;  // none where the program itself holds the worlds
  std::function<std::unique_ptr<CaseRunner>()> make_runner;
  std::string description;
};

Stage make_stage(const Options& options, const RunOptions& run, const MakeTarget& make_target,
                 Transcript& transcript) {
  Stage stage;
  if (options.preload) {
    const preload::PreloadOptions how = preload_options(options);
    stage.description = preload::PreloadRunner(how, run).description();
    stage.make_runner = [how, &run] { return std::make_unique<preload::PreloadRunner>(how, run); };
  } else {
    // What a server prints that runs in this process is no part of a report.
    const bool in_process = options.spawn.empty() && options.endpoint.empty();
    const auto& reports = options.reports;
    if (in_process && std::any_of(reports.begin(), reports.end(), goes_to_standard_output)) {
      report::keep_standard_output();
    }
    stage.source = make_source(options, make_target, transcript);
    stage.description = stage.source->description();
    stage.make_runner = [source = stage.source.get(), &run] {
      return std::make_unique<WorldRunner>(*source, run);
    };
  }
  return stage;
}

// What every run of one command line has in common.
struct Plan {
  const Options& options;
  const RunOptions& run;
  const std::vector<CheckCase>& cases;
  const Stage& stage;
  const RunResult& blank;  // before anything was run
};

// How one run ended.
struct Ending {
  ExitCode code = ExitCode::kAsExpected;
  bool cut_short = false;  // it says nothing about what was not run
  bool is_bad = false;
};

Ending ending_of(const RunResult& result, const Plan& plan, bool interrupted) {
  if (interrupted) {
    const std::size_t current = std::min(result.checks.size(), plan.cases.size() - 1);
    complain(
        fmt::format("interrupted in {}; the results so far are above", id_of(plan.cases[current])));
    return {.code = ExitCode::kInterrupted, .cut_short = true, .is_bad = true};
  }
  if (!result.unavailable.empty()) {
    complain(report::one_line(result.unavailable));
    return {.code = ExitCode::kTargetUnavailable, .cut_short = true, .is_bad = true};
  }
  const auto& checks = result.checks;
  const auto fails = [&](const CheckResult& check) { return fails_the_run(check, plan.run); };
  if (std::any_of(checks.begin(), checks.end(), fails)) {
    return {.code = ExitCode::kConformanceFailure, .is_bad = true};
  }
  const bool all_skipped = std::all_of(checks.begin(), checks.end(), [](const CheckResult& check) {
    return check.verdict == Verdict::kSkip || check.verdict == Verdict::kNotApplicable;
  });
  return {.code =
              all_skipped ? static_cast<ExitCode>(plan.options.skip_exit) : ExitCode::kAsExpected};
}

// Runs `write`, which writes reports.
template <typename Write>
void writing_reports(const Write& write) {
  try {
    write();
  } catch (const std::system_error& error) {
    throw OutputLost{error.what()};
  }
}

// False when the user interrupted.
bool run_all(const Plan& plan, const Observer& observer, RunResult& result) {
  try {
    run_cases(plan.cases, *plan.stage.make_runner(), plan.run, observer, result);
    return true;
  } catch (const Interrupted&) {
    return false;
  }
}

// One run of all cases, told on the console and in the reports as it goes.
Ending run_once(const Plan& plan, const Destinations& destinations, RunResult& result) {
  const Options& options = plan.options;
  report::ReportFiles reports(destinations, result);
  Console console(options.color, detail_of(options), console_stream(options));
  const Observer observer = [&](const Check& check, const CheckResult* ended) {
    if (ended == nullptr) {
      console.check_begins(check);
    } else {
      console.check_ended(*ended);
      reports.check_ended(result);
    }
  };
  bool interrupted = false;
  try {
    console.begin(result);
    interrupted = !run_all(plan, observer, result);
    console.end(result);
  } catch (...) {
    try {
      reports.run_ended(result);          // what is known so far
    } catch (const std::system_error&) {  // NOLINT: the other error came first
    }
    throw;
  }
  writing_reports([&] { reports.run_ended(result); });
  if (options.update_expectations && result.complete) {
    write_output(options.expectations, plan.run.expectations->updated(result, plan.run.today));
  }
  return ending_of(result, plan, interrupted);
}

// The reports are of the first bad run, or of the last; what cannot be written anew waits for the
// end.
class Repetition {
 public:
  explicit Repetition(const Plan& plan) : plan_(plan) {
    for (const report::Destination& each : plan.options.reports) {
      (report::is_stream(each) ? streams_ : files_).push_back(each);
    }
  }

  ExitCode run() {
    try {
      while (runs_ < plan_.options.repeat && !is_over_) run_again();
    } catch (...) {
      tell();
      throw;
    }
    tell();
    return ending_.code;
  }

 private:
  void run_again() {
    ++runs_;
    RunResult result = plan_.blank;
    const Destinations none;
    const Ending ending = run_once(plan_, ending_.is_bad ? none : files_, result);
    if (!ending.cut_short) count_.add(result);
    // That the target is gone, or the user has enough, outranks what it failed before.
    if (!ending_.is_bad || ending.cut_short) ending_.code = ending.code;
    if (!ending_.is_bad) shown_ = std::move(result);
    ending_.is_bad = ending_.is_bad || ending.is_bad;
    is_over_ = ending.cut_short || (ending.is_bad && plan_.options.until_fail);
  }

  void tell() const {
    fmt::print(console_stream(plan_.options), "{}", count_.table());
    writing_reports([&] { report::write_reports(streams_, plan_.blank, shown_); });
  }

  const Plan& plan_;
  Destinations files_;
  Destinations streams_;
  RunResult shown_;
  RepeatCount count_;
  Ending ending_;
  std::size_t runs_ = 0;
  bool is_over_ = false;
};

Selection selection_of(const Options& options) {
  return {.words = options.selection,
          .exclude = options.exclude,
          .least = options.least,
          .shard = options.shard,
          .failed_in = options.rerun_failed};
}

RunResult blank_result(const Options& options, const Stage& stage, std::size_t selected) {
  RunResult result;
  result.target = stage.description;
  result.program = program_word(options.program);
  result.target_arguments = outcome_arguments(options);
  result.profile = options.profile;
  result.seed = options.seed;
  result.shown_at = options.shown_at;
  result.selected = selected;
  return result;
}

}  // namespace

ExitCode run(const Options& options, const MakeTarget& make_target) {
  const std::vector<CheckCase> cases = selected_cases(selection_of(options));
  if (options.dry_run) {
    for (const CheckCase& each : cases) fmt::print("{}\n", id_of(each));
    return ExitCode::kAsExpected;
  }
  const Expectations expectations = read_expectations(options);
  Transcript transcript;
  const RunOptions run{.profile = &load_profile(options.profile),
                       .seed = options.seed,
                       .max_failures = options.fail_fast ? 1 : options.max_failures,
                       .expectations = &expectations,
                       .today = today(),
                       .strict = options.strict || options.fail_on == "should",
                       .fail_on_warning = options.fail_on == "warn",
                       .xpass_fails = options.fail_on != "new"};
  catch_interrupts();
  check_outputs(options);
  const Stage stage = make_stage(options, run, make_target, transcript);
  const RunResult blank = blank_result(options, stage, cases.size());
  const Plan plan{options, run, cases, stage, blank};
  if (options.repeat > 1) return Repetition(plan).run();
  RunResult result = blank;
  return run_once(plan, options.reports, result).code;
}

}  // namespace e3::cli
