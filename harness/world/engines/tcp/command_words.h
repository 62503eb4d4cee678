// SPDX-License-Identifier: MIT
// The --spawn command as the words that a program gets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace e3 {

// Puts `port` where {port} stands and splits as a shell does, without running anything. Throws
// std::invalid_argument for what only a shell can do.
std::vector<std::string> command_words(std::string command, std::uint16_t port);

// The words, or the environment's entries, as exec(3) wants them: valid while `texts` is.
std::vector<char*> pointers_to(std::vector<std::string>& texts);

}  // namespace e3
