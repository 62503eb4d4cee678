// SPDX-License-Identifier: MIT
// What the commands about scenarios share: a target from the command line, and a judge for it.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>

#include "harness/cli/complaint.h"
#include "harness/cli/make_source.h"
#include "harness/explore/judge.h"
#include "harness/report/escape.h"
#include "harness/scenario/text_form.h"
#include "harness/world/interrupt.h"

namespace e3::cli {

class CommandSyntax;

// The options that name a target, and HOST:PORT behind what has been added before.
void add_target(CommandSyntax& command, Options& options);
// For commands that a Bench serves.
void add_preload(CommandSyntax& command, Options& options);

struct Bench {
  // Throws UsageError, TargetUnavailable, explore::ControlFailed.
  Bench(const Options& options, const MakeTarget& make_target);

  std::string description;
  Abilities abilities;
  explore::Protocol protocol;
  std::unique_ptr<explore::Judge> judge;

 private:
  Transcript transcript_;
  std::unique_ptr<WorldSource> source_;
};

// Whether time is virtual: not for programs that are reached over TCP.
bool runs_virtually(const Options& options);
// How many runs a scenario is worth.
std::size_t minimizing_runs(const Options& options);

// What the judge could not do, for standard output.
void print_remarks(const explore::Judge& judge);

// A name and what was seen, in three lines; the same for standard output.
std::string in_words(const Violation& violation);
void print_violation(const Violation& violation);

// Runs `command`; what can go wrong with targets and scenario files becomes a message and an exit
// code.
template <typename Command>
ExitCode guarded(const Command& command) {
  try {
    return command();
  } catch (const scenario::ParseError& error) {
    fmt::print(stderr, "{}\n", report::printable(error.what()));
    return ExitCode::kUsage;
  } catch (const TargetUnavailable& gone) {
    complain(report::one_line(gone.what()));
    return ExitCode::kTargetUnavailable;
  } catch (const Interrupted&) {
    complain("interrupted");
    return ExitCode::kInterrupted;
  } catch (const explore::ControlFailed& failed) {
    complain(report::one_line(fmt::format("inconclusive: {}", failed.what())));
    return ExitCode::kConformanceFailure;
  }
}

}  // namespace e3::cli
