// SPDX-License-Identifier: MIT
#include "harness/report/formats.h"

#include <algorithm>

namespace e3::report {
namespace {

constexpr Format kFormats[] = {
    {.name = "junit", .summary = "JUnit XML, as Jenkins and Surefire read it", .whole = to_junit},
    {.name = "json", .summary = "all there is to know, by report.schema.json", .whole = to_json},
    {.name = "ndjson",
     .summary = "the same as one JSON object per line, as the run goes on",
     .first_lines = ndjson_first_lines,
     .check_lines = ndjson_check_lines,
     .last_lines = ndjson_last_lines},
    {.name = "tap",
     .summary = "Test Anything Protocol, version 14",
     .first_lines = tap_first_lines,
     .check_lines = tap_check_lines,
     .last_lines = tap_last_lines},
    {.name = "github",
     .summary = "annotations for GitHub Actions",
     .first_lines = github_first_lines,
     .check_lines = github_check_lines,
     .last_lines = github_last_lines},
    {.name = "sarif", .summary = "SARIF 2.1.0, for code scanning", .whole = to_sarif},
    {.name = "html",
     .summary = "one page for people, with a picture of each failure",
     .whole = to_html},
};

}  // namespace

std::span<const Format> formats() { return kFormats; }

const Format* find_format(std::string_view name) {
  const auto* found = std::find_if(std::begin(kFormats), std::end(kFormats),
                                   [&](const Format& format) { return format.name == name; });
  return found == std::end(kFormats) ? nullptr : found;
}

std::string format_names() {
  std::string names;
  for (const Format& format : kFormats) {
    if (!names.empty()) names += ", ";
    names += format.name;
  }
  return names;
}

}  // namespace e3::report
