// SPDX-License-Identifier: MIT
#include "harness/cli/judging_options.h"

#include <charconv>
#include <string>

#include "harness/cli/syntax.h"

namespace e3::cli {
namespace {

// "2/5": the second of five parts. Returns what is wrong with it, or nothing.
std::string parse_shard(const std::string& text, Shard& shard) {
  const char* const end = text.data() + text.size();
  const auto index = std::from_chars(text.data(), end, shard.index);
  if (index.ec == std::errc{} && index.ptr != end && *index.ptr == '/') {
    const auto count = std::from_chars(index.ptr + 1, end, shard.count);
    const bool whole = count.ec == std::errc{} && count.ptr == end;
    if (whole && shard.index >= 1 && shard.index <= shard.count) return {};
  }
  return "write I/N with I from 1 to N, for example 2/5";
}

}  // namespace

void add_judging_options(CommandSyntax& run, Options& options) {
  run.add_option("--level", "Only obligations at least this binding: must, should or may [may]")
      .one_of({"must", "should", "may"})
      .type_name("LEVEL")
      .take([&options](const std::string& name) {
        options.least = *level_named(name);
        return "";
      });
  run.add_flag("--strict", options.strict, "A warning about a MUST or a SHOULD is a failure");
  run.add_option("--fail-on", options.fail_on,
                 "What makes the run fail: must, should (as --strict), warn (any warning) or new\n"
                 "(only what the expectations file does not list) [must]")
      .one_of({"must", "should", "warn", "new"})
      .type_name("WHAT");
  run.add_option("--max-failures", options.max_failures, "Stop after so many failing checks")
      .within(1, 1'000'000)
      .type_name("N");
  const OptionSyntax repeat =
      run.add_option("--repeat", options.repeat, "Run everything N times; the counts tell flakes")
          .within(1, 1'000'000)
          .type_name("N");
  run.add_flag("--until-fail", options.until_fail, "With --repeat: stop at the first bad run")
      .needs(repeat);
  run.add_option("--shard", "Run only part I of N; the parts together are everything")
      .type_name("I/N")
      .take([&options](const std::string& text) { return parse_shard(text, options.shard); });
  run.add_option("--rerun-failed", options.rerun_failed,
                 "Only what failed in this report of --report json=PATH")
      .type_name("PATH");
  run.add_option("--expectations", options.expectations,
                 "What is known not to pass, and why: a TOML file of [[expect]] tables with id,\n"
                 "verdict, reason, and if you like issue and expires")
      .type_name("FILE");
  run.add_flag("--update-expectations", options.update_expectations,
               "Write the expectations file anew from this run; reasons in it are kept");
  run.add_flag("--dry-run", options.dry_run, "Print what would be run, and run nothing");
}

}  // namespace e3::cli
