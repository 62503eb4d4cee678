// SPDX-License-Identifier: MIT
#include "harness/cli/explore_commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <vector>

#include "harness/cli/bench.h"
#include "harness/cli/progress_line.h"
#include "harness/cli/scenario_file.h"
#include "harness/cli/syntax.h"
#include "harness/explore/exhaust.h"
#include "harness/explore/minimize.h"
#include "harness/explore/torture.h"
#include "harness/world/interrupt.h"

namespace e3::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kExhaustExamples = R"(
Examples:
  e3 exhaust                                     the shipped server
  e3 exhaust --request 'GET / HTTP/1.0\r\n\r\n'  all fragmentations of these bytes
  e3 exhaust --engine socketpair

Exit status: 0 nothing is wrong, 1 a scenario shows a bug, 2 bad usage, 3 no target,
5 no such sweep.
)";

constexpr const char* kTortureExamples = R"(
Examples:
  e3 torture                                     the shipped server
  e3 torture --scenario slow-reader.e3 --pairs 100000
  e3 torture --tier posix --engine socketpair

A program that cannot be linked or preloaded can be tortured from outside, one call at a
time: strace -f --inject=recvfrom:error=EINTR:when=3 ./my-server

Exit status: 0 nothing is wrong, 1 a run shows a bug, 2 bad usage, 3 no target.
)";

// Three peers: a request in two pieces, one whose answer does not fit, one that resets.
constexpr std::string_view kTortureScenario = R"(
peer1 > "GET /e3 HTTP/1.0\r\n\r"
peer2 connect tiny
peer2 > "GET /" "e"*6000 " HTTP/1.0\r\n\r\n"
settle
peer3 > "GET /3"
settle
peer1 > "\n"
peer1 expect answer
peer2 < 256
peer3 reset
settle
peer2 expect answer
)";

std::string seconds_since(Clock::time_point begin) {
  return fmt::format("{:.2f} s", std::chrono::duration<double>(Clock::now() - begin).count());
}

// The bytes between the quotes of a scenario's `>` statement.
std::string unescaped(const std::string& text) {
  const auto steps = scenario::parse(fmt::format("peer1 > \"{}\"", text), "--request");
  return steps.at(0).bytes;
}

std::vector<explore::Sweep> sweeps_for(Bench& bench, const std::string& request) {
  std::vector<explore::Sweep> sweeps{
      explore::fragmentations(request), explore::interleavings(request),
      explore::event_orders(request), explore::hangups_in_request(request)};
  const explore::Protocol& protocol = bench.protocol;
  const std::string& large = protocol.large_request.empty() ? request : protocol.large_request;
  const std::size_t answer_size = bench.judge.answer_to(large).bytes.size();
  if (answer_size > 0 && large.size() <= scenario::kSegmentMax) {
    sweeps.push_back(explore::hangups_in_answer(large, answer_size));
  }
  return sweeps;
}

void drop_unselected(std::vector<explore::Sweep>& sweeps, const std::string& only) {
  std::vector<std::string> all;
  for (const explore::Sweep& sweep : sweeps) all.push_back(sweep.what);
  std::erase_if(sweeps, [&](const explore::Sweep& each) { return !each.what.starts_with(only); });
  if (!sweeps.empty()) return;
  throw NothingSelected{
      fmt::format("no sweep begins with '{}'; there are: {}", only, fmt::join(all, ", "))};
}

Tier tier_named(std::string_view name) {
  if (name == "posix") return Tier::kPosix;
  return name == "hostile" ? Tier::kHostile : Tier::kLinux;
}

void show_failure(explore::SweepFailure failure, explore::Judge& judge) {
  const explore::Minimized minimized =
      explore::minimize(failure.scenario, [&](const scenario::Scenario& candidate) {
        const auto now = judge.judge(candidate);
        return now && now->symptom == failure.violation.symptom;
      });
  print_violation(failure.violation);
  fmt::print("\n{}\n", scenario::print(minimized.scenario));
}

}  // namespace

void add_explore_commands(CommandSyntax& app, Options& options) {
  CommandSyntax exhaust = app.add_command(
      "exhaust", "Try every fragmentation, interleaving, event order and hang-up there is");
  exhaust.footer(kExhaustExamples);
  exhaust
      .add_option("--request", options.request,
                  "The bytes to send, written as in a scenario [the profile's request]")
      .type_name("BYTES");
  exhaust.add_option("--only", options.only, "Only the sweeps that begin with this word")
      .type_name("WORD");
  add_target(exhaust, options);
  exhaust.when_chosen([&] { options.command = Command::kExhaust; });

  CommandSyntax torture = app.add_command(
      "torture", "Let each call of the server fail in each way in which it legally may");
  torture.footer(kTortureExamples);
  torture
      .add_option("--scenario", options.scenario,
                  "The scenario to play [three peers, one of them slow]")
      .type_name("FILE|ID");
  torture.add_option("--tier", options.tier, "linux, posix or hostile: what kernels may do")
      .one_of({"linux", "posix", "hostile"})
      .shows_default();
  torture.add_option("--pairs", options.pairs, "How many pairs of faults to try").shows_default();
  add_target(torture, options);
  torture.when_chosen([&] { options.command = Command::kTorture; });
}

ExitCode exhaust(const Options& options, const MakeTarget& make_target) {
  return guarded([&] {
    Bench bench(options, make_target);
    const std::string request =
        options.request.empty() ? bench.protocol.request : unescaped(options.request);
    std::vector<explore::Sweep> sweeps = sweeps_for(bench, request);
    drop_unselected(sweeps, options.only);
    fmt::print("{}\n", bench.source->description());
    catch_interrupts();
    ProgressLine progress;
    bool failed = false;
    for (const explore::Sweep& sweep : sweeps) {
      const auto begin = Clock::now();
      const explore::SweepResult result =
          explore::exhaust(sweep, bench.judge, [&](std::uint64_t run) {
            throw_if_interrupted();
            progress.show(fmt::format("{} of {} {}", run, sweep.total, sweep.what));
          });
      progress.clear();
      const bool well = result.failures.empty();
      fmt::print("{}  {} of {} {}{}  ({})\n", well ? "ok  " : "FAIL", result.run, sweep.total,
                 sweep.what, well ? "" : " played, and not all well", seconds_since(begin));
      for (const explore::SweepFailure& failure : result.failures) {
        show_failure(failure, bench.judge);
      }
      failed = failed || !result.failures.empty();
    }
    return failed ? ExitCode::kConformanceFailure : ExitCode::kAsExpected;
  });
}

ExitCode torture(const Options& options, const MakeTarget& make_target) {
  return guarded([&] {
    const scenario::Scenario steps = options.scenario.empty()
                                         ? scenario::parse(kTortureScenario, "torture")
                                         : read_scenario(options.scenario).scenario;
    Bench bench(options, make_target);
    if (!bench.source->world().abilities().faults) {
      throw UsageError{
          fmt::format("{}: its calls cannot be made to fail; link it, or see the "
                      "recipe in e3 torture --help",
                      bench.source->description())};
    }
    const explore::TorturePlan plan(bench.judge, steps,
                                    {.tier = tier_named(options.tier), .pairs = options.pairs});
    fmt::print("{}: {} calls, tier {}\n", bench.source->description(), plan.calls(), options.tier);
    catch_interrupts();
    ProgressLine progress;
    const auto begin = Clock::now();
    const explore::TortureResult result =
        explore::torture(plan, bench.judge, steps, [&](std::uint64_t run) {
          throw_if_interrupted();
          progress.show(fmt::format("{} of {} runs", run, plan.total()));
        });
    progress.clear();
    fmt::print(
        "{}  {} of {} runs: {} faults once, {} in a row, {} of {} pairs; {} came to pass ({})\n",
        result.failures.empty() ? "ok  " : "FAIL", result.run, plan.total(), plan.singles(),
        plan.persistent(), plan.pairs(), plan.pairs_possible(), result.struck,
        seconds_since(begin));
    for (const explore::TortureFailure& failure : result.failures) {
      show_failure({failure.scenario, failure.violation}, bench.judge);
    }
    return result.failures.empty() ? ExitCode::kAsExpected : ExitCode::kConformanceFailure;
  });
}

}  // namespace e3::cli
