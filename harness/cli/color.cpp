// SPDX-License-Identifier: MIT
#include "harness/cli/color.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "harness/cli/syntax.h"

namespace e3::cli {

void add_color_option(CommandSyntax& command, std::string& color) {
  command
      .add_option("--color", color, "auto, always or never; auto also looks at NO_COLOR and TERM")
      .one_of({"auto", "always", "never"})
      .type_name("WHEN")
      .shows_default();
}

bool wants_color(std::string_view color, std::FILE* out) {
  if (color != "auto") return color == "always";
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(fileno(out)) == 1 && (no_color == nullptr || *no_color == '\0') &&
         terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::string painted(std::string_view text, std::string_view color) {
  return fmt::format("{}{}\033[0m", color, text);
}

}  // namespace e3::cli
