// SPDX-License-Identifier: MIT
// The options of `e3 run` that say which cases count, how often, and what makes the run fail.
#pragma once

#include "harness/cli/options.h"

namespace e3::cli {

class CommandSyntax;

void add_judging_options(CommandSyntax& run, Options& options);

}  // namespace e3::cli
