// SPDX-License-Identifier: MIT
// The options of `e3 run` that say which cases count, how often, and what makes the run fail.
#pragma once

#include <CLI/CLI.hpp>

#include "harness/cli/options.h"

namespace e3::cli {

void add_judging_options(CLI::App& run, Options& options);

}  // namespace e3::cli
