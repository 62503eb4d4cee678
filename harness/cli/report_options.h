// SPDX-License-Identifier: MIT
// The options of `e3 run` that say how results are shown and where they are written.
#pragma once

#include <string>

#include "harness/cli/options.h"

namespace e3::cli {

class CommandSyntax;

void add_report_options(CommandSyntax& run, Options& options);

// Whether a word behind --report is another report rather than a check or a server.
bool is_report(const std::string& word);
// "junit=PATH", or "github" alone for standard output. Throws UsageError.
report::Destination parse_report(const std::string& text);

}  // namespace e3::cli
