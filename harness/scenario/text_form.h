// SPDX-License-Identifier: MIT
// The spelling for people: one statement a line, comments from `#`. README.md shows each statement.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/scenario/step.h"

namespace e3::scenario {

// what() is ready to print: FILE:LINE:COLUMN, what was expected, the line, and a caret below it.
class ParseError : public std::runtime_error {
 public:
  ParseError(const std::string& message, std::size_t at_line, std::size_t at_column)
      : std::runtime_error(message), line(at_line), column(at_column) {}
  std::size_t line;    // from 1
  std::size_t column;  // from 1, in bytes
};

// `name` stands for the file in messages. Throws ParseError at the first mistake.
Scenario parse(std::string_view text, std::string_view name);

// One line for each step. parse(print(s)) == s for every scenario within the limits of step.h.
std::string print(const Scenario& scenario);
std::string print(const Step& step);  // without the line's end

}  // namespace e3::scenario
