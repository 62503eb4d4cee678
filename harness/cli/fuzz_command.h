// SPDX-License-Identifier: MIT
// The friendly door to the fuzz targets: finds one that is built, runs it, shows how it gets on,
// and turns its findings into scenarios.
#pragma once

#include "harness/cli/options.h"

namespace e3::cli {

class CommandSyntax;

// Adds the command to `app`; parsing fills in `options`.
void add_fuzz_command(CommandSyntax& app, Options& options);

ExitCode fuzz(const Options& options);

}  // namespace e3::cli
