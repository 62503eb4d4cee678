// SPDX-License-Identifier: MIT
// What the command line of e3-server says.
#pragma once

#include <cstddef>
#include <optional>

#include "e3/server/listen_address.h"
#include "e3/server/options.h"

struct CommandLine {
  e3::server::Options options;
  e3::server::ListenAddress address{"127.0.0.1", 8889, {}};
  std::size_t workers = 1;
  bool log = false;
};

// Fills `result`, whose values are the defaults. Returns the exit code when the program is to end:
// help was asked for and printed (0), or the command line is wrong, which standard error says (2).
std::optional<int> read_command_line(int argc, const char* const* argv, CommandLine& result);
