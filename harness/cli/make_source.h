// SPDX-License-Identifier: MIT
// The target that the command line names, as a source of worlds.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "harness/cli/command_line.h"
#include "harness/cli/options.h"
#include "harness/preload/launch.h"
#include "harness/world/engines/in_process_source.h"
#include "harness/world/world_source.h"

namespace e3::cli {

// How long a peer of a program waits for what the program owes it.
inline constexpr std::chrono::milliseconds kUsualTimeout{2000};
// How long a program may take to listen.
inline constexpr std::chrono::milliseconds kUsualReadyTimeout{10'000};

class CommandSyntax;

// --timeout and --ready-timeout; `usual` is what the help says of the first.
void add_timeouts(CommandSyntax& command, Options& options, const std::string& usual);

// The engine for a server that is linked in; the simulated kernel unless another is named.
InProcessEngine engine_of(const Options& options);

// For --preload.
preload::PreloadOptions preload_options(const Options& options);

// Throws UsageError.
std::unique_ptr<WorldSource> make_source(const Options& options, const MakeTarget& make_target,
                                         Transcript& transcript);

}  // namespace e3::cli
