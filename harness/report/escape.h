// SPDX-License-Identifier: MIT
// A report quotes a server that may be hostile: whatever bytes it sent, the report stays what its
// format says it is, and shows no text that a reader would misread.
#pragma once

#include <string>
#include <string_view>

namespace e3::report {

// Valid UTF-8 without control characters: what is not text, and what would turn the direction of
// writing around, becomes \xNN. Line feeds and tabs stay.
std::string printable(std::string_view text);

// Printable, for the content of an XML or HTML element.
std::string markup_text(std::string_view text);
// Printable, for an attribute in double quotes; line feeds and tabs survive the parser's
// normalisation.
std::string markup_attribute(std::string_view text);

// The logs of GitHub Actions and of Azure Pipelines obey "##[COMMAND" and "##vso[COMMAND" wherever
// in a line they stand: their first # becomes \x23.
std::string without_commands(std::string text);

// One line without control characters or commands, for line-based formats.
std::string one_line(std::string_view text);

// A word as a shell takes it for that word: in quotes unless nothing in it needs them.
std::string shell_word(std::string_view word);

}  // namespace e3::report
