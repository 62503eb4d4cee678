// SPDX-License-Identifier: MIT
// The target that the command line names, as a source of worlds.
#pragma once

#include <memory>

#include "harness/cli/command_line.h"
#include "harness/cli/options.h"
#include "harness/world/world_source.h"

namespace e3::cli {

// Throws UsageError.
std::unique_ptr<WorldSource> make_source(const Options& options, const MakeTarget& make_target,
                                         Transcript& transcript);

}  // namespace e3::cli
