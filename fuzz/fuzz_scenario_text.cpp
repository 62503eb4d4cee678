// SPDX-License-Identifier: MIT
// The parser of scenario texts: whatever it accepts survives printing, and the byte form; what it
// refuses it points at, inside of the text.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "finding.h"
#include "harness/scenario/byte_form.h"
#include "harness/scenario/text_form.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using e3::fuzz::require;
  namespace scenario = e3::scenario;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const scenario::Scenario steps = scenario::parse(text, "input");
    require(scenario::parse(scenario::print(steps), "printed") == steps, "text loses something");
    require(scenario::decode(scenario::encode(steps)) == steps, "bytes lose something");
  } catch (const scenario::ParseError& error) {
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    require(error.line >= 1 && error.line <= lines + 1, "the line of a mistake is not in the text");
    std::string_view rest = text;
    for (std::size_t line = 1; line < error.line; ++line) rest.remove_prefix(rest.find('\n') + 1);
    const std::size_t length = std::min(rest.find('\n'), rest.size());
    require(error.column >= 1 && error.column <= length + 1, "the column is not in the line");
  }
  return 0;
}
