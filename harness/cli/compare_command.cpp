// SPDX-License-Identifier: MIT
#include "harness/cli/compare_command.h"

#include <fmt/format.h>

#include <system_error>

#include "harness/cli/output_file.h"
#include "harness/report/comparison.h"
#include "harness/report/escape.h"

namespace e3::cli {
namespace {

using report::Change;
using report::ComparedCheck;

void print_comparison(const std::vector<ComparedCheck>& checks) {
  Change last = Change::kSame;
  for (const ComparedCheck& check : checks) {
    if (check.change == Change::kSame) break;  // they come last
    if (check.change != last) fmt::print("\n{}\n", to_string(check.change));
    last = check.change;
    fmt::print("  {:<32} {:>12} -> {:<12} {}\n", report::one_line(check.id),
               check.before.empty() ? "-" : report::one_line(check.before),
               check.after.empty() ? "-" : report::one_line(check.after),
               report::one_line(check.said));
  }
  fmt::print("\n{} tests, {} newly failing, {} mended, {} still failing\n", checks.size(),
             count(checks, Change::kBroken), count(checks, Change::kMended),
             count(checks, Change::kBad));
}

void write_reports(const Options& options, const report::PastRun& before,
                   const report::PastRun& after, const std::vector<ComparedCheck>& checks) {
  for (const report::Destination& destination : options.reports) {
    if (destination.format != "html" || destination.path == "-") {
      throw UsageError{"e3 compare writes --report html=PATH only"};
    }
  }
  try {
    report::check_destinations(options.reports);
  } catch (const std::system_error& error) {
    throw UsageError{error.what()};
  }
  for (const report::Destination& destination : options.reports) {
    write_output(destination.path, comparison_to_html(before, after, checks));
  }
}

void print_cut_short(std::string_view which, const report::PastRun& run) {
  if (run.cut_short.empty()) return;
  fmt::print("the {} run {}\n", which, report::one_line(run.cut_short));
}

}  // namespace

ExitCode compare_runs(const Options& options) {
  const report::PastRun before = report::read_run(options.compared.at(0));
  const report::PastRun after = report::read_run(options.compared.at(1));
  const std::vector<ComparedCheck> checks = report::compare(before, after);
  write_reports(options, before, after, checks);
  print_comparison(checks);
  print_cut_short("first", before);
  print_cut_short("second", after);
  // What was not run might have failed.
  const bool as_good = count(checks, Change::kBroken) == 0 && after.cut_short.empty();
  return as_good ? ExitCode::kAsExpected : ExitCode::kConformanceFailure;
}

}  // namespace e3::cli
