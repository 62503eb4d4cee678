// SPDX-License-Identifier: MIT
#include "harness/cli/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <memory>

#include "harness/checks/catalogue.h"
#include "harness/checks/runner.h"
#include "harness/cli/console.h"
#include "harness/cli/describe.h"
#include "harness/cli/explore_commands.h"
#include "harness/cli/fuzz_command.h"
#include "harness/cli/make_source.h"
#include "harness/cli/options.h"
#include "harness/cli/scenario_commands.h"
#include "harness/report/report.h"
#include "harness/world/engines/in_process_source.h"
#include "harness/world/engines/tcp/tcp_source.h"
#include "harness/world/interrupt.h"

namespace e3::cli {
namespace {

// No check is left to run; the message names the words that select nothing.
struct NothingSelected {
  std::string message;
};

std::vector<const Check*> selected_checks(const Options& options) {
  std::vector<const Check*> chosen;
  const std::vector<const Check*> all = all_checks();
  for (const std::string& word : options.selection) {
    if (std::none_of(all.begin(), all.end(),
                     [&](const Check* check) { return selects(word, check->id); })) {
      throw NothingSelected{fmt::format("no check matches '{}'; e3 list shows them all", word)};
    }
  }
  const auto matches = [](const std::vector<std::string>& words, const Check& check) {
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& word) { return selects(word, check.id); });
  };
  for (const Check* check : all) {
    const bool wanted = options.selection.empty() || matches(options.selection, *check);
    if (wanted && !matches(options.exclude, *check)) chosen.push_back(check);
  }
  if (chosen.empty()) throw NothingSelected{"every selected check is excluded"};
  return chosen;
}

std::string target_arguments(const Options& options) {
  std::string text;
  if (options.engine != "auto") text = fmt::format(" --engine {}", options.engine);
  if (!options.spawn.empty()) text += fmt::format(" --spawn '{}'", options.spawn);
  if (options.port != 0) text += fmt::format(" --port {}", options.port);
  if (!options.endpoint.empty()) text += fmt::format(" {}", options.endpoint);
  if (options.allow_remote) text += " --allow-remote";
  return text;
}

void write_reports(const Options& options, const RunResult& result) {
  for (const ReportFile& report : options.reports) {
    report::write_file(report.path,
                       report.kind == "junit" ? report::to_junit(result) : report::to_json(result));
  }
}

ExitCode exit_code(const RunResult& result) {
  if (!result.unavailable.empty()) {
    fmt::print(stderr, "e3: {}\n", result.unavailable);
    return ExitCode::kTargetUnavailable;
  }
  const bool failed =
      std::any_of(result.checks.begin(), result.checks.end(),
                  [](const CheckResult& check) { return is_failure(check.verdict); });
  return failed ? ExitCode::kConformanceFailure : ExitCode::kAsExpected;
}

ExitCode run(const Options& options, const MakeTarget& make_target) {
  const std::vector<const Check*> checks = selected_checks(options);
  Transcript transcript;
  const std::unique_ptr<WorldSource> source = make_source(options, make_target, transcript);
  RunResult result;
  result.target = source->description();
  result.target_arguments = target_arguments(options);
  result.profile = options.profile;
  result.seed = options.seed;
  try {
    write_reports(options, result);  // a path that cannot be written shows now, not at the end
  } catch (const std::system_error& error) {
    throw UsageError{error.what()};
  }
  catch_interrupts();
  Console console(options.color, options.verbose);
  console.begin(result, checks.size());
  const Observer observer = [&](const Check& check, const CheckResult* ended) {
    if (ended == nullptr) {
      console.check_begins(check);
    } else {
      console.check_ended(*ended);
      write_reports(options, result);
    }
  };
  bool interrupted = false;
  try {
    run_checks(checks, *source,
               {.profile = find_profile(options.profile),
                .seed = options.seed,
                .fail_fast = options.fail_fast},
               observer, result);
  } catch (const Interrupted&) {
    interrupted = true;
  }
  console.end(result);
  write_reports(options, result);
  if (interrupted) {
    fmt::print(stderr, "e3: interrupted; the results so far are above\n");
    return ExitCode::kInterrupted;
  }
  return exit_code(result);
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
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "e3: {}\n", error.what());
    return ExitCode::kUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "e3: internal error: {}\n", error.what());
    return ExitCode::kInternalError;
  }
}

}  // namespace

std::unique_ptr<WorldSource> make_source(const Options& options, const MakeTarget& make_target,
                                         Transcript& transcript) {
  if (!options.spawn.empty()) {
    return std::make_unique<TcpSource>(
        ProgramOptions{
            .command = options.spawn, .port = options.port, .ready_timeout = options.ready_timeout},
        options.timeout, transcript);
  }
  if (!options.endpoint.empty()) {
    Endpoint endpoint = Endpoint::parse(options.endpoint);
    if (!endpoint.is_loopback() && !options.allow_remote) {
      throw UsageError{fmt::format(
          "{} is not on this machine; add --allow-remote if you may test it", options.endpoint)};
    }
    return std::make_unique<TcpSource>(std::move(endpoint), options.timeout, transcript);
  }
  InProcessEngine engine = InProcessEngine::kSim;
  if (options.engine == "socketpair") engine = InProcessEngine::kSocketpair;
  if (options.engine == "tcp") engine = InProcessEngine::kTcp;
  return std::make_unique<InProcessSource>(make_target(options.profile), engine, options.seed,
                                           transcript);
}

int run_command_line(int argc, char** argv, const MakeTarget& make_target) {
  return static_cast<int>(report_errors(argc, argv, make_target));
}

}  // namespace e3::cli
