// SPDX-License-Identifier: MIT
// The commands about scenarios in files: replay, minimize and seeds.
#pragma once

#include <string>

#include "harness/cli/command_line.h"
#include "harness/cli/options.h"

namespace e3::cli {

class CommandSyntax;

// Adds the commands to `app`; parsing fills in `options`.
void add_scenario_commands(CommandSyntax& app, Options& options);

ExitCode replay(const Options& options, const MakeTarget& make_target);
ExitCode minimize(const Options& options, const MakeTarget& make_target);
ExitCode write_seeds(const Options& options);

}  // namespace e3::cli
