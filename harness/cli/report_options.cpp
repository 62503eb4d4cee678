// SPDX-License-Identifier: MIT
#include "harness/cli/report_options.h"

#include <fmt/format.h>

#include "harness/cli/color.h"
#include "harness/cli/syntax.h"

namespace e3::cli {
namespace {

std::string reports_help() {
  return fmt::format(
      "Write a report, also when the run is cut short; KIND is one of {}; PATH - is standard "
      "output; may be given several times",
      report::format_names());
}

}  // namespace

void add_report_options(CommandSyntax& run, Options& options) {
  run.add_option("--report", options.report_words, reports_help())
      .type_name("KIND=PATH")
      .one_value_each_time();
  run.add_option("--shown-at", options.shown_at,
                 "The source file at which github and sarif reports show their findings")
      .may_be_empty()
      .type_name("FILE");
  run.add_option("--skip-exit", options.skip_exit,
                 "Exit with this code when every check was skipped [0]")
      .within(0, 255)
      .type_name("CODE");
  add_color_option(run, options.color);
  const OptionSyntax verbose = run.add_flag(
      "-v,--verbose", options.verbose,
      "Show every check, also that did not run, and the whole transcript of each failure");
  run.add_flag("-q,--quiet", options.quiet, "Show only what is not as expected, and the counts")
      .excludes(verbose);
}

bool is_report(const std::string& word) {
  const std::size_t equals = word.find('=');
  return equals != std::string::npos && report::find_format(word.substr(0, equals)) != nullptr;
}

report::Destination parse_report(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string kind = text.substr(0, equals);
  if (kind == "github" && equals == std::string::npos) return {.format = kind, .path = "-"};
  if (report::find_format(kind) == nullptr) {
    throw UsageError{
        fmt::format("--report {}: write KIND=PATH, for example junit=e3.xml; KIND is "
                    "one of {}",
                    text, report::format_names())};
  }
  if (equals == std::string::npos || equals + 1 == text.size()) {
    throw UsageError{
        fmt::format("--report {}: the path is missing: write {}=PATH, or {}=- for standard output",
                    text, kind, kind)};
  }
  const std::string path = text.substr(equals + 1);
  // The same file, but with an offset of its own, it would overwrite what else is printed.
  return {.format = kind, .path = path == "/dev/stdout" ? "-" : path};
}

}  // namespace e3::cli
