// SPDX-License-Identifier: MIT
// `e3 selftest`: whether this e3 finds what it must, on servers whose faults are known.
#pragma once

#include "harness/cli/options.h"

namespace e3::cli {

class CommandSyntax;

// Adds the command to `app`; parsing fills in `options`.
void add_selftest_command(CommandSyntax& app, Options& options);

// Throws NothingSelected.
ExitCode selftest(const Options& options);

}  // namespace e3::cli
