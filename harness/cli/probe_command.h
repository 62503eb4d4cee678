// SPDX-License-Identifier: MIT
// `e3 probe`: what a server was seen to do, judged by nobody.
#pragma once

#include "harness/cli/command_line.h"
#include "harness/cli/options.h"

namespace e3::cli {

class CommandSyntax;

// Adds the command to `app`; parsing fills in `options`.
void add_probe_command(CommandSyntax& app, Options& options);

ExitCode probe(const Options& options, const MakeTarget& make_target);

}  // namespace e3::cli
