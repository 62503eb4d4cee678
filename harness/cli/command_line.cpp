// SPDX-License-Identifier: MIT
#include "harness/cli/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <exception>
#include <filesystem>
#include <memory>

#include "harness/checks/expectations.h"
#include "harness/checks/runner.h"
#include "harness/checks/world_runner.h"
#include "harness/cli/compare_command.h"
#include "harness/cli/console.h"
#include "harness/cli/describe.h"
#include "harness/cli/explore_commands.h"
#include "harness/cli/fuzz_command.h"
#include "harness/cli/make_source.h"
#include "harness/cli/options.h"
#include "harness/cli/output_file.h"
#include "harness/cli/probe_command.h"
#include "harness/cli/repeat_count.h"
#include "harness/cli/reproduce.h"
#include "harness/cli/scenario_commands.h"
#include "harness/cli/selection.h"
#include "harness/cli/selftest_command.h"
#include "harness/preload/preload_runner.h"
#include "harness/report/report_files.h"
#include "harness/world/interrupt.h"

namespace e3::cli {
namespace {

report::ReportFiles open_reports(const Options& options, const RunResult& result) {
  try {
    return {options.reports, result};
  } catch (const std::system_error& error) {
    throw UsageError{error.what()};
  }
}

// Standard output, unless a report has it for itself. Annotations live beside other lines.
std::FILE* console_stream(const Options& options) {
  const bool taken = std::any_of(options.reports.begin(), options.reports.end(),
                                 [](const report::Destination& report) {
                                   return report.path == "-" && report.format != "github";
                                 });
  return taken ? stderr : stdout;
}

Detail detail_of(const Options& options) {
  if (options.quiet) return Detail::kQuiet;
  return options.verbose ? Detail::kVerbose : Detail::kNormal;
}

bool fails_the_run(const CheckResult& check, const std::string& fail_on) {
  if (fail_on == "new" && check.verdict == Verdict::kUnexpectedPass) return false;
  return is_failure(check.verdict) || (fail_on == "warn" && check.verdict == Verdict::kWarn);
}

ExitCode exit_code(const RunResult& result, const Options& options) {
  if (!result.unavailable.empty()) {
    fmt::print(stderr, "e3: {}\n", result.unavailable);
    return ExitCode::kTargetUnavailable;
  }
  const bool failed =
      std::any_of(result.checks.begin(), result.checks.end(),
                  [&](const CheckResult& check) { return fails_the_run(check, options.fail_on); });
  if (failed) return ExitCode::kConformanceFailure;
  const bool all_skipped =
      std::all_of(result.checks.begin(), result.checks.end(), [](const CheckResult& check) {
        return check.verdict == Verdict::kSkip || check.verdict == Verdict::kNotApplicable;
      });
  return all_skipped ? static_cast<ExitCode>(options.skip_exit) : ExitCode::kAsExpected;
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
    stage.source = make_source(options, make_target, transcript);
    stage.description = stage.source->description();
    stage.make_runner = [source = stage.source.get(), &run] {
      return std::make_unique<WorldRunner>(*source, run);
    };
  }
  return stage;
}

// One run of all cases, told on the console and in the reports as it goes.
ExitCode run_once(const Options& options, const Expectations& expectations,
                  const std::vector<CheckCase>& cases, const RunOptions& run, CaseRunner& runner,
                  RunResult& result) {
  report::ReportFiles reports = open_reports(options, result);
  Console console(options.color, detail_of(options), console_stream(options));
  console.begin(result);
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
    run_cases(cases, runner, run, observer, result);
  } catch (const Interrupted&) {
    interrupted = true;
  } catch (...) {
    reports.run_ended(result);  // what is known so far
    throw;
  }
  console.end(result);
  reports.run_ended(result);
  if (options.update_expectations && result.complete) {
    write_output(options.expectations, expectations.updated(result, run.today));
  }
  if (!interrupted) return exit_code(result, options);
  fmt::print(stderr, "e3: interrupted; the results so far are above\n");
  return ExitCode::kInterrupted;
}

// Runs everything again and again. The reports are of the first bad run, or of the last.
ExitCode repeat(const Options& options, const Expectations& expectations,
                const std::vector<CheckCase>& cases, const RunOptions& run, const Stage& stage,
                const RunResult& blank) {
  ExitCode worst = ExitCode::kAsExpected;
  RepeatCount count;
  Options quiet = options;
  for (std::size_t i = 0; i < options.repeat; ++i) {
    RunResult result = blank;
    const ExitCode code = run_once(quiet, expectations, cases, run, *stage.make_runner(), result);
    count.add(result);
    if (code != ExitCode::kAsExpected) {
      if (worst == ExitCode::kAsExpected) worst = code;
      quiet.reports.clear();  // they show the first bad run
      if (options.until_fail || code != ExitCode::kConformanceFailure) break;
    }
  }
  if (options.repeat > 1) fmt::print("{}", count.table());
  return worst;
}

Selection selection_of(const Options& options) {
  return {.words = options.selection,
          .exclude = options.exclude,
          .least = options.least,
          .shard = options.shard,
          .failed_in = options.rerun_failed};
}

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
                       .strict = options.strict || options.fail_on == "should"};
  const Stage stage = make_stage(options, run, make_target, transcript);
  RunResult result;
  result.target = stage.description;
  result.program = program_word(options.program);
  result.target_arguments = outcome_arguments(options);
  result.profile = options.profile;
  result.seed = options.seed;
  result.shown_at = options.shown_at;
  result.selected = cases.size();
  catch_interrupts();
  return repeat(options, expectations, cases, run, stage, result);
}

ExitCode execute(int argc, char** argv, const MakeTarget& make_target) {
  const Options options = parse_command_line(argc, argv);
  switch (options.command) {
    case Command::kNone:
      return ExitCode::kAsExpected;
    case Command::kRun:
      return run(options, make_target);
    case Command::kList:
      list_checks(options.as_json);
      return ExitCode::kAsExpected;
    case Command::kReplay:
      return replay(options, make_target);
    case Command::kFuzz:
      return fuzz(options);
    case Command::kSeeds:
      return write_seeds(options);
    case Command::kTorture:
      return torture(options, make_target);
    case Command::kExhaust:
      return exhaust(options, make_target);
    case Command::kMinimize:
      return minimize(options, make_target);
    case Command::kCompare:
      return compare_runs(options);
    case Command::kProbe:
      return probe(options, make_target);
    case Command::kSelftest:
      return selftest(options);
    case Command::kExplain:
      if (explain(options.subject)) return ExitCode::kAsExpected;
      throw NothingSelected{
          fmt::format("no check or cause is called '{}'; e3 list shows them", options.subject)};
  }
  return ExitCode::kInternalError;
}

ExitCode report_errors(int argc, char** argv, const MakeTarget& make_target) {
  try {
    return execute(argc, argv, make_target);
  } catch (const UsageError& error) {
    fmt::print(stderr, "e3: {}\n", error.message);
    return ExitCode::kUsage;
  } catch (const NothingSelected& nothing) {
    fmt::print(stderr, "e3: {}\n", nothing.message);
    return ExitCode::kNothingSelected;
  } catch (const Interrupted&) {
    fmt::print(stderr, "e3: interrupted\n");
    return ExitCode::kInterrupted;
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "e3: {}\n", error.what());
    return ExitCode::kUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "e3: internal error: {}\n", error.what());
    return ExitCode::kInternalError;
  }
}

}  // namespace

int run_command_line(int argc, char** argv, const MakeTarget& make_target) {
  return static_cast<int>(report_errors(argc, argv, make_target));
}

}  // namespace e3::cli
