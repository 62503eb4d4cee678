// SPDX-License-Identifier: MIT
// Colours of the terminal, where they are wanted.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace e3::cli {

class CommandSyntax;

inline constexpr std::string_view kGreen = "\033[32m";
inline constexpr std::string_view kYellow = "\033[33m";
inline constexpr std::string_view kRed = "\033[31m";
inline constexpr std::string_view kDim = "\033[2m";
inline constexpr std::string_view kBold = "\033[1m";

// Adds --color to a command.
void add_color_option(CommandSyntax& command, std::string& color);

// `color`: auto, always or never; auto looks at the terminal, at NO_COLOR and at TERM.
bool wants_color(std::string_view color, std::FILE* out);

std::string painted(std::string_view text, std::string_view color);

}  // namespace e3::cli
