// SPDX-License-Identifier: MIT
// The e3 program as a function, so that it can be built around other in-process servers.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "harness/world/engines/in_process_target.h"

namespace e3::cli {

// The server that `e3 run` tests when no other is named, speaking the profile of this name.
using MakeTarget = std::function<InProcessTarget(std::string_view profile)>;

// Runs a whole command line and returns the exit code of the process. `profile` is the server's,
// where the command line names none.
int run_command_line(int argc, char** argv, const MakeTarget& make_target,
                     const std::string& profile = "http");

}  // namespace e3::cli
