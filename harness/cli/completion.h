// SPDX-License-Identifier: MIT
// What a shell needs to know to complete e3's command line, made of the command line itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/syntax.h"

namespace e3::cli {

// A script for bash, zsh or fish.
std::string completion_script(const std::vector<CommandWords>& commands, std::string_view shell);

}  // namespace e3::cli
