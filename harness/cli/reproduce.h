// SPDX-License-Identifier: MIT
// The words that run a check again, with the same outcome.
#pragma once

#include <string>

#include "harness/cli/options.h"

namespace e3::cli {

// The program itself, for a shell: one that has a server linked in tests another server than e3.
std::string program_word(const std::string& started_as);

// What names the server and what decides on a verdict; begins with a space unless it is empty. The
// profile and the seed are in every result.
std::string outcome_arguments(const Options& options);

}  // namespace e3::cli
