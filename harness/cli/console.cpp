// SPDX-License-Identifier: MIT
#include "harness/cli/console.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <set>
#include <utility>

#include "harness/cli/color.h"
#include "harness/cli/standard_streams.h"
#include "harness/report/escape.h"
#include "harness/report/report.h"

namespace e3::cli {
namespace {

constexpr std::size_t kTranscriptTail = 12;
constexpr std::size_t kAlikeShown = 3;  // one by one; of more that did not run there is one line
constexpr std::size_t kFaultLines = 8;  // before those: who spins may meet one fault for ever

// Without these nobody understands what follows. Bytes that a server sends may look alike: then a
// line too many is shown.
bool tells_of_fault(std::string_view line) {
  return line.find(" (fault)") != line.npos || line.find(" will strike: ") != line.npos;
}

std::string_view color_of(Verdict verdict) {
  if (verdict == Verdict::kPass) return kGreen;
  if (verdict == Verdict::kWarn) return kYellow;
  return is_failure(verdict) ? kRed : kDim;
}

std::string extent(const CheckResult& result) {
  if (result.points_total == 0) return {};
  return fmt::format("{}/{} {}", result.points_run, result.points_total, result.unit);
}

// What stands behind a check's name. The bytes of a failure come at the end of the run.
std::string detail_of(const CheckResult& result) {
  if (result.verdict == Verdict::kPass) return extent(result);
  if (result.verdict == Verdict::kWarn) return report::headline(result);
  // Whatever ended a check that had failed by then, the failure is the news.
  const bool is_failed = is_failure(result.verdict) && !result.failures.empty();
  if (!result.reason.empty() && !is_failed) return result.reason;
  if (result.failures.empty()) return {};
  const Failure& first = result.failures.front();
  const std::string text = fmt::format("{}: {}", first.cause, first.point);
  return result.reason.empty() ? text : fmt::format("{} ({})", text, result.reason);
}

// Nothing more is known of it than why.
bool did_not_run(const CheckResult& result) {
  const bool has_no_verdict =
      result.verdict == Verdict::kSkip || result.verdict == Verdict::kNotApplicable ||
      result.verdict == Verdict::kInconclusive || result.verdict == Verdict::kError;
  return has_no_verdict && result.notes.empty() && result.failures.empty();
}

bool is_alike(const CheckResult& one, const CheckResult& other) {
  return did_not_run(other) && one.verdict == other.verdict && one.reason == other.reason &&
         report::family_of(one.id) == report::family_of(other.id);
}

}  // namespace

Console::Console(std::string_view color, Detail detail, std::FILE* out)
    : color_(wants_color(color, out)),
      detail_(detail),
      out_(out),
      progress_(detail != Detail::kQuiet) {}

template <typename... Arguments>
void Console::print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::print(out_, format, std::forward<Arguments>(arguments)...);
}

std::string Console::painted(std::string_view text, std::string_view color) const {
  return color_ ? cli::painted(text, color) : std::string(text);
}

// Padded before it is painted: colour codes have no width.
std::string Console::badge(Verdict verdict) const {
  return painted(fmt::format("{:<12}", to_string(verdict)), color_of(verdict));
}

void Console::begin(const RunResult& result) {
  progress_.begin(result.selected);
  if (detail_ == Detail::kQuiet) return;
  print("e3 {}  seed={}\n", E3_VERSION, result.seed);
  print("target: {} (profile {})\n", report::one_line(result.target),
        report::one_line(result.profile));
  flush(out_);
}

void Console::check_begins(const Check& check) { progress_.show(check.id); }

void Console::check_ended(const CheckResult& result) {
  progress_.one_done();
  progress_.clear();
  const bool as_expected = !is_failure(result.verdict) && result.verdict != Verdict::kWarn;
  if (detail_ == Detail::kQuiet && as_expected) return;
  if (!not_run_.empty() && !is_alike(not_run_.back(), result)) show_not_run();
  if (detail_ != Detail::kVerbose && did_not_run(result)) {
    not_run_.push_back(result);
  } else {
    show_check(result);
  }
  flush(out_);
}

// Dozens of checks that need the same may follow each other.
void Console::show_not_run() {
  const std::vector<CheckResult> alike = std::exchange(not_run_, {});
  if (alike.size() > kAlikeShown) {
    show_line(alike.front(), fmt::format("{} and {} more", alike.front().id, alike.size() - 1));
  } else {
    for (const CheckResult& result : alike) show_check(result);
  }
}

void Console::show_line(const CheckResult& result, std::string_view name) {
  const std::string family(report::family_of(result.id));
  if (family != last_family_) print("\n{}\n", painted(family, kBold));
  last_family_ = family;
  print("  {} {:<32} {}\n", badge(result.verdict), name, report::one_line(detail_of(result)));
}

void Console::show_check(const CheckResult& result) {
  show_line(result, result.id);
  for (const std::string& note : result.notes) {
    print("  {:<12} note: {}\n", "", report::one_line(note));
  }
}

void Console::show_transcript(const std::vector<std::string>& lines) {
  std::size_t skipped = 0;
  std::size_t faults = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool by_fault = tells_of_fault(lines[i]) && faults++ < kFaultLines;
    if (!by_fault && detail_ != Detail::kVerbose && lines.size() - i > kTranscriptTail) {
      ++skipped;
      continue;
    }
    if (skipped > 0) {
      print("  {}\n", painted(fmt::format("... {} lines before (-v shows them)", skipped), kDim));
    }
    skipped = 0;
    print("  {}\n", painted(report::one_line(lines[i]), kDim));
  }
}

// One problem of many checks is one problem.
void Console::show_problems(const RunResult& result) {
  std::set<std::pair<Verdict, std::string>> told;
  for (const CheckResult& check : result.checks) {
    if (!is_failure(check.verdict)) continue;
    std::ptrdiff_t others = 0;
    if (detail_ != Detail::kVerbose && did_not_run(check)) {
      if (!told.emplace(check.verdict, check.reason).second) continue;
      others = std::count_if(result.checks.begin(), result.checks.end(),
                             [&](const auto& other) {
                               return did_not_run(other) && other.verdict == check.verdict &&
                                      other.reason == check.reason;
                             }) -
               1;
    }
    show_problem(result, check, others == 0 ? "" : fmt::format(" and {} more", others));
  }
}

void Console::show_problem(const RunResult& result, const CheckResult& check,
                           std::string_view alike) {
  const std::string id = painted(check.id, kBold) + std::string(alike);
  const std::string verdict = painted(to_string(check.verdict), color_of(check.verdict));
  if (check.failures.empty()) {
    print("\n{} {}\n  must      {}\n  reason    {}\n", verdict, id, check.check->must,
          report::one_line(check.reason));
    show_transcript(check.transcript);
  } else {
    const Failure& first = check.failures.front();
    print("\n{} {} at {}\n", verdict, id, report::one_line(first.point));
    print("  when      {}\n", check.check->when);
    print("  must      {}\n", check.check->must);
    print("  because   {}\n", check.check->because);
    print("  cause     {}\n", painted(first.cause, kBold));
    print("  Expected: {}\n", report::one_line(first.violation.expected));
    print("  Actual:   {}\n", report::one_line(first.violation.actual));
    std::vector<std::string_view> others;
    for (std::size_t i = 1; i < check.failures.size(); ++i) {
      others.emplace_back(check.failures[i].point);
    }
    if (!others.empty()) print("  also at   {}\n", fmt::join(others, ", "));
    show_transcript(first.transcript);
  }
  print("  Reproduce: {}\n", report::one_line(report::replay_command(result, check)));
}

void Console::show_causes(const RunResult& result) {
  const auto met = report::causes_met(result);
  if (met.empty()) return;
  // Which of several bugs look like others cannot be told from outside.
  constexpr std::string_view kOneByOne =
      "s; mend the first and run again, others may follow from it";
  print("\n{} distinct cause{}\n", met.size(), met.size() == 1 ? "" : kOneByOne);
  for (const report::CauseSummary& cause : met) {
    const Cause* known = find_cause(cause.slug);
    print("  {} {}\n", painted(fmt::format("{:<26}", cause.slug), kBold),
          known != nullptr ? known->what : "");
    print("  {:<26} seen by {}\n", "", fmt::join(cause.checks, ", "));
    if (known != nullptr) print("  {:<26} usual fix: {}\n", "", known->fix);
  }
}

// Each check has said that the undisturbed exchange failed; this is what they have in common.
void Console::show_hint(const RunResult& result) {
  const report::Counts counts = report::count(result);
  if (counts.inconclusive == 0 || counts.inconclusive + counts.skipped < counts.total) return;
  print("\nno undisturbed exchange succeeded; is {} the right --profile?\n",
        report::one_line(result.profile));
}

void Console::show_counts(const RunResult& result) {
  const report::Counts counts = report::count(result);
  print("{} tests, {} passed, {} failed, {} warned, {} skipped", counts.total, counts.passed,
        counts.failed, counts.warned, counts.skipped);
  if (counts.expected > 0) print(", {} expected to fail", counts.expected);
  if (counts.inconclusive > 0) print(", {} inconclusive", counts.inconclusive);
  if (counts.errors > 0) print(", {} errors", counts.errors);
  print("  seed={}  ({:.1f}s)\n", result.seed,
        std::chrono::duration<double>(result.duration).count());
}

void Console::end(const RunResult& result) {
  progress_.clear();
  show_not_run();
  show_problems(result);
  show_causes(result);
  show_hint(result);
  if (detail_ != Detail::kQuiet) {
    print("\n");
    for (const std::string& remark : result.remarks) print("{}\n", report::one_line(remark));
    if (result.transcript_repeats) print("transcript {:016x}\n", result.transcript_hash);
  }
  show_counts(result);
  flush(out_);
}

}  // namespace e3::cli
