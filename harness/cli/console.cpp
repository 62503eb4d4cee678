// SPDX-License-Identifier: MIT
#include "harness/cli/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "harness/report/report.h"

namespace e3::cli {
namespace {

constexpr std::string_view kGreen = "\033[32m";
constexpr std::string_view kRed = "\033[31m";
constexpr std::string_view kYellow = "\033[33m";
constexpr std::string_view kDim = "\033[2m";
constexpr std::string_view kBold = "\033[1m";
constexpr std::size_t kTranscriptTail = 12;

bool wants_color(std::string_view color) {
  if (color != "auto") return color == "always";
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0') &&
         terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::string extent(const CheckResult& result) {
  if (result.points_total == 0) return {};
  return fmt::format("{}/{} {}", result.points_run, result.points_total, result.unit);
}

}  // namespace

Console::Console(std::string_view color, bool verbose)
    : color_(wants_color(color)), progress_(isatty(STDERR_FILENO) == 1), verbose_(verbose) {}

std::string Console::painted(std::string_view text, std::string_view color) const {
  if (!color_) return std::string(text);
  return fmt::format("{}{}\033[0m", color, text);
}

void Console::begin(const RunResult& result, std::size_t checks) {
  checks_ = checks;
  fmt::print("e3 {}  seed={}\n", E3_VERSION, result.seed);
  fmt::print("target: {} (profile {})\n", result.target, result.profile);
  std::fflush(stdout);
}

void Console::clear_progress() {
  if (progress_) fmt::print(stderr, "\r\033[K");
}

void Console::check_begins(const Check& check) {
  if (!progress_) return;
  constexpr std::size_t kWidth = 20;
  const std::size_t filled = checks_ == 0 ? 0 : done_ * kWidth / checks_;
  fmt::print(stderr, "\r\033[K[{:#<{}}{:.<{}}] {}/{} {}", "", filled, "", kWidth - filled, done_,
             checks_, check.id);
  std::fflush(stderr);
}

void Console::check_ended(const CheckResult& result) {
  ++done_;
  clear_progress();
  const std::string_view id = result.check->id;
  const std::string family(id.substr(0, id.find('.')));
  if (family != last_family_) fmt::print("\n{}\n", painted(family, kBold));
  last_family_ = family;
  const std::string label = fmt::format("{:<12}", to_string(result.verdict));
  const std::string_view color = result.verdict == Verdict::kPass   ? kGreen
                                 : result.verdict == Verdict::kWarn ? kYellow
                                 : is_failure(result.verdict)       ? kRed
                                                                    : kDim;
  std::string detail = result.reason;
  if (result.verdict == Verdict::kPass) detail = extent(result);
  if (!result.failures.empty() && detail.empty()) {
    const Failure& first = result.failures.front();
    detail = fmt::format("{}: {}", first.cause, first.point);
  }
  if (result.verdict == Verdict::kWarn && !result.warnings.empty()) {
    const Violation& first = result.warnings.front().violation;
    detail = fmt::format("{}: expected {}; got {}", to_string(result.level), first.expected,
                         first.actual);
  }
  fmt::print("  {} {:<32} {}\n", painted(label, color), result.id, detail);
  for (const std::string& note : result.notes) fmt::print("  {:<12} note: {}\n", "", note);
  std::fflush(stdout);
}

void Console::show_failures(const RunResult& result, const CheckResult& check) {
  const Failure& first = check.failures.front();
  fmt::print("\n{} {} at {}\n", painted(to_string(check.verdict), kRed), painted(check.id, kBold),
             first.point);
  fmt::print("  when      {}\n", check.check->when);
  fmt::print("  must      {}\n", check.check->must);
  fmt::print("  because   {}\n", check.check->because);
  fmt::print("  Expected: {}\n", first.violation.expected);
  fmt::print("  Actual:   {}\n", first.violation.actual);
  if (check.failures.size() > 1) {
    fmt::print("  also at   {}", check.failures[1].point);
    for (std::size_t i = 2; i < check.failures.size(); ++i) {
      fmt::print(", {}", check.failures[i].point);
    }
    fmt::print("\n");
  }
  const auto& lines = first.transcript;
  const std::size_t shown = verbose_ ? lines.size() : std::min(lines.size(), kTranscriptTail);
  if (shown < lines.size()) {
    fmt::print(
        "  {}\n",
        painted(fmt::format("... {} lines before (-v shows them)", lines.size() - shown), kDim));
  }
  for (std::size_t i = lines.size() - shown; i < lines.size(); ++i) {
    fmt::print("  {}\n", painted(lines[i], kDim));
  }
  fmt::print("  Reproduce: {}\n", report::replay_command(result, check));
}

void Console::show_causes(const RunResult& result) {
  const auto met = report::causes_met(result);
  if (met.empty()) return;
  fmt::print("\n{} distinct cause{}\n", met.size(), met.size() == 1 ? "" : "s");
  for (const report::CauseSummary& cause : met) {
    const Cause* known = find_cause(cause.slug);
    fmt::print("  {:<26} {}\n", painted(cause.slug, kBold), known != nullptr ? known->what : "");
    fmt::print("  {:<26} seen by {}\n", "", fmt::join(cause.checks, ", "));
    if (known != nullptr) fmt::print("  {:<26} usual fix: {}\n", "", known->fix);
  }
}

void Console::end(const RunResult& result) {
  clear_progress();
  for (const CheckResult& check : result.checks) {
    if (is_failure(check.verdict) && !check.failures.empty()) show_failures(result, check);
  }
  show_causes(result);
  const report::Counts counts = report::count(result);
  fmt::print("\n");
  for (const std::string& remark : result.remarks) fmt::print("{}\n", remark);
  if (result.transcript_repeats) {
    fmt::print("transcript {:016x}\n", result.transcript_hash);
  }
  fmt::print("{} tests, {} passed, {} failed, {} warned, {} skipped", counts.total, counts.passed,
             counts.failed, counts.warned, counts.skipped);
  if (counts.expected > 0) fmt::print(", {} expected to fail", counts.expected);
  if (counts.inconclusive > 0) fmt::print(", {} inconclusive", counts.inconclusive);
  if (counts.errors > 0) fmt::print(", {} errors", counts.errors);
  fmt::print("  seed={}  ({:.1f}s)\n", result.seed,
             std::chrono::duration<double>(result.duration).count());
  std::fflush(stdout);
}

}  // namespace e3::cli
