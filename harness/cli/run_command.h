// SPDX-License-Identifier: MIT
// e3 run.
#pragma once

#include "harness/cli/command_line.h"
#include "harness/cli/options.h"

namespace e3::cli {

// Throws UsageError, NothingSelected, OutputLost and what else command_line.cpp tells of.
ExitCode run(const Options& options, const MakeTarget& make_target);

}  // namespace e3::cli
