// SPDX-License-Identifier: MIT
// What e3 explains that is neither a check nor a cause: the pages on its files.
#pragma once

#include <span>
#include <string_view>

namespace e3::cli {

struct Topic {
  std::string_view name;
  std::string_view text;  // Markdown
};

std::span<const Topic> topics();

}  // namespace e3::cli
