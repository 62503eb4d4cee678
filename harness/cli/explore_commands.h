// SPDX-License-Identifier: MIT
// The commands that make scenarios by themselves: torture and exhaust.
#pragma once

#include "harness/cli/command_line.h"
#include "harness/cli/options.h"

namespace e3::cli {

class CommandSyntax;

// Adds the commands to `app`; parsing fills in `options`.
void add_explore_commands(CommandSyntax& app, Options& options);

ExitCode torture(const Options& options, const MakeTarget& make_target);
ExitCode exhaust(const Options& options, const MakeTarget& make_target);

}  // namespace e3::cli
