// SPDX-License-Identifier: MIT
#include "harness/cli/command_line.h"

#include <fmt/format.h>

#include <cerrno>
#include <exception>
#include <stdexcept>
#include <system_error>

#include "harness/cli/compare_command.h"
#include "harness/cli/complaint.h"
#include "harness/cli/describe.h"
#include "harness/cli/explore_commands.h"
#include "harness/cli/fuzz_command.h"
#include "harness/cli/options.h"
#include "harness/cli/probe_command.h"
#include "harness/cli/run_command.h"
#include "harness/cli/scenario_commands.h"
#include "harness/cli/selection.h"
#include "harness/cli/selftest_command.h"
#include "harness/cli/standard_streams.h"
#include "harness/world/interrupt.h"

namespace e3::cli {
namespace {

ExitCode execute(const Options& options, const MakeTarget& make_target) {
  if (!options.spawn.empty()) survive_broken_pipes();
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

ExitCode report_errors(int argc, char** argv, const MakeTarget& make_target,
                       const std::string& profile) {
  try {
    const ExitCode code = execute(parse_command_line(argc, argv, profile), make_target);
    flush(stdout);  // what is lost must not look like success
    return code;
  } catch (const UsageError& error) {
    complain(error.message);
    return ExitCode::kUsage;
  } catch (const NothingSelected& nothing) {
    complain(nothing.message);
    return ExitCode::kNothingSelected;
  } catch (const OutputLost& lost) {
    complain(lost.message);
    return ExitCode::kInternalError;
  } catch (const Interrupted&) {
    complain("interrupted");
    return ExitCode::kInterrupted;
  } catch (const std::invalid_argument& error) {
    complain(error.what());
    return ExitCode::kUsage;
  } catch (const std::system_error& error) {
    if (error.code().value() == EPIPE) return ExitCode::kInterrupted;  // the reader has seen enough
    complain(error.what());
    return ExitCode::kInternalError;
  } catch (const std::exception& error) {
    complain(fmt::format("internal error: {}", error.what()));
    return ExitCode::kInternalError;
  }
}

}  // namespace

int run_command_line(int argc, char** argv, const MakeTarget& make_target,
                     const std::string& profile) {
  open_closed_streams();
  return static_cast<int>(report_errors(argc, argv, make_target, profile));
}

}  // namespace e3::cli
