// SPDX-License-Identifier: MIT
#include "harness/cli/explore_commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include "harness/cli/bench.h"
#include "harness/cli/findings.h"
#include "harness/cli/progress_line.h"
#include "harness/cli/scenario_file.h"
#include "harness/cli/syntax.h"
#include "harness/explore/exhaust.h"
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
  e3 exhaust --preload --spawn './my-server {port}'

Exit status: 0 nothing is wrong, 1 a scenario shows a bug, 2 bad usage, 3 no target,
5 no such sweep, 130 interrupted.
)";

constexpr const char* kTortureExamples = R"(
Examples:
  e3 torture                                     the shipped server
  e3 torture --scenario slow-reader.e3 --pairs 100000
  e3 torture --tier posix --engine socketpair
  e3 torture --preload --spawn './my-server {port}'

A program that can be neither linked nor preloaded can be tortured from outside, one call at a
time: strace -f --inject=recvfrom:error=EINTR:when=3 ./my-server

Exit status: 0 nothing is wrong, 1 a run shows a bug, 2 bad usage, 3 no target,
130 interrupted.
)";

std::string seconds_since(Clock::time_point begin) {
  return fmt::format("{:.2f} s", std::chrono::duration<double>(Clock::now() - begin).count());
}

// The bytes between the quotes of a scenario's `>` statement.
std::string unescaped(const std::string& text) {
  const auto steps = scenario::parse(fmt::format("peer1 > \"{}\"", text), "--request");
  return steps.at(0).bytes;
}

// One for each peer, where the profile says how to make requests differ; else all the same.
std::vector<std::string> different_requests(Bench& bench, const Options& options) {
  const Profile& profile = load_profile(options.profile);
  std::vector<std::string> requests;
  for (const char filler : std::string_view(profile.pad_at ? "abcde" : "")) {
    requests.push_back(padded_request(profile, {&filler, 1}));
    if (bench.judge->answer_to(requests.back()).bytes.empty()) return {profile.request};
  }
  return requests.empty() ? std::vector{profile.request} : requests;
}

// `must_answer`: the profile says that the request gets an answer.
explore::Sweep hangups_in_answer(Bench& bench, const std::string& request, bool must_answer) {
  const Answer answer = bench.judge->answer_to(request);
  if (answer.size > 0 && request.size() <= scenario::kSegmentMax) {
    return explore::hangups_in_answer({{request}, bench.protocol.peer_ends}, answer.size);
  }
  const std::string got = answer.size > 0
                              ? "is too long for a step"
                              : fmt::format("gets none, then {}", to_string(answer.ending));
  return {.what = "hang-ups in an answer",
          .remark = fmt::format("the request of {} bytes {}", request.size(), got),
          .is_refused = must_answer && answer.size == 0};
}

std::vector<explore::Sweep> sweeps_for(Bench& bench, const Options& options) {
  const explore::Protocol& protocol = bench.protocol;
  const std::string request =
      options.request.empty() ? protocol.request : unescaped(options.request);
  if (request.size() > scenario::kSegmentMax) {
    throw UsageError{
        fmt::format("a request of {} bytes is too long to be tried in every way: give "
                    "one of at most {} with --request",
                    request.size(), scenario::kSegmentMax)};
  }
  const explore::Requests same{{request}, protocol.peer_ends};
  const explore::Requests different =
      options.request.empty()
          ? explore::Requests{different_requests(bench, options), protocol.peer_ends}
          : same;
  std::vector<explore::Sweep> sweeps{
      explore::fragmentations(same), explore::interleavings(different),
      explore::event_orders(different), explore::hangups_in_request(request)};
  if (bench.judge->answer_to(request).bytes.empty()) {
    for (explore::Sweep& sweep : sweeps) {
      sweep.remark = "the request gets no answer: only what becomes of the server is seen";
    }
  } else if (different.bytes.size() == 1) {
    for (const std::size_t of_several_peers : {1U, 2U}) {
      sweeps[of_several_peers].remark =
          "all peers send the same: an answer that goes to another is not seen";
    }
  }
  const bool is_usual = options.request.empty() && !protocol.large_request.empty();
  sweeps.push_back(hangups_in_answer(bench, is_usual ? protocol.large_request : request, is_usual));
  return sweeps;
}

void drop_unselected(std::vector<explore::Sweep>& sweeps, const std::string& only) {
  std::vector<std::string> all;
  all.reserve(sweeps.size());
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

// Plays the sweep and lets `tell` say how it went, then shows what was found: also when the user,
// or the loss of the target, has ended it. True when all is well.
template <typename Tell>
bool play_and_show(const explore::Sweep& sweep, explore::Judge& judge, const Options& options,
                   const Tell& tell) {
  explore::SweepResult result;
  std::exception_ptr ended_by;
  ProgressLine line;
  try {
    explore::play(sweep, judge, result, [&](std::uint64_t run) {
      throw_if_interrupted();
      line.show_now_and_then(
          [&] { return fmt::format("{} of {} {}", run, sweep.total, sweep.what); });
    });
  } catch (...) {
    ended_by = std::current_exception();
  }
  line.clear();
  if (ended_by && result.failures.empty()) std::rethrow_exception(ended_by);
  tell(result);
  if (ended_by) {
    print_findings_as_found(result.failures);
    std::rethrow_exception(ended_by);
  }
  if (result.run < sweep.total) {
    fmt::print("stopped after {} failures: {} have not been played\n", result.failures.size(),
               sweep.total - result.run);
  }
  print_findings(result.failures, judge, options);
  return result.failures.empty();
}

bool play_and_tell(const explore::Sweep& sweep, explore::Judge& judge, const Options& options) {
  if (sweep.total == 0) {
    fmt::print("{}  {}: {}\n", sweep.is_refused ? "FAIL" : "skip", sweep.what, sweep.remark);
    return !sweep.is_refused;
  }
  const auto begin = Clock::now();
  return play_and_show(sweep, judge, options, [&](const explore::SweepResult& result) {
    const bool well = result.failures.empty();
    fmt::print("{}  {} of {} {}{}  ({})\n", well ? "ok  " : "FAIL", result.run, sweep.total,
               sweep.what, well ? "" : " played, and not all well", seconds_since(begin));
    if (!sweep.remark.empty()) fmt::print("      {}\n", sweep.remark);
  });
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
  add_preload(exhaust, options);
  add_timeouts(exhaust, options, "2s");
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
  add_preload(torture, options);
  add_timeouts(torture, options, "2s");
  torture.when_chosen([&] { options.command = Command::kTorture; });
}

ExitCode exhaust(const Options& options, const MakeTarget& make_target) {
  return guarded([&] {
    catch_interrupts();
    Bench bench(options, make_target);
    std::vector<explore::Sweep> sweeps = sweeps_for(bench, options);
    drop_unselected(sweeps, options.only);
    fmt::print("{}\n", bench.description);
    bool well = true;
    for (const explore::Sweep& sweep : sweeps)
      well = play_and_tell(sweep, *bench.judge, options) && well;
    print_remarks(*bench.judge);
    return well ? ExitCode::kAsExpected : ExitCode::kConformanceFailure;
  });
}

ExitCode torture(const Options& options, const MakeTarget& make_target) {
  return guarded([&] {
    scenario::Scenario steps;
    if (!options.scenario.empty()) steps = read_scenario(options.scenario).scenario;
    catch_interrupts();
    Bench bench(options, make_target);
    if (!bench.abilities.faults) {
      throw UsageError{
          fmt::format("{}: its calls cannot be made to fail; add --preload, link it, or see the "
                      "recipe in e3 torture --help",
                      bench.description)};
    }
    if (options.scenario.empty()) steps = explore::torture_scenario(bench.protocol);
    if (steps.empty()) throw UsageError{fmt::format("{}: no step", options.scenario)};
    if (auto wrong = bench.judge->judge(steps)) {
      fmt::print("{}\nFAIL  the scenario fails without any fault\n", bench.description);
      print_findings({{steps, std::move(*wrong)}}, *bench.judge, options);
      return ExitCode::kConformanceFailure;
    }
    const explore::TorturePlan plan(*bench.judge, steps,
                                    {.tier = tier_named(options.tier), .pairs = options.pairs});
    fmt::print("{}: {} calls, tier {}\n", bench.description, plan.calls(), options.tier);
    const auto begin = Clock::now();
    const bool well =
        play_and_show(plan.sweep(), *bench.judge, options, [&](const explore::SweepResult& result) {
          fmt::print(
              "{}  {} of {} runs: {} faults once, {} in a row, {} of {} pairs; {} came to pass "
              "({})\n",
              result.failures.empty() ? "ok  " : "FAIL", result.run, plan.total(), plan.singles(),
              plan.persistent(), plan.pairs(), plan.pairs_possible(), result.struck,
              seconds_since(begin));
        });
    print_remarks(*bench.judge);
    return well ? ExitCode::kAsExpected : ExitCode::kConformanceFailure;
  });
}

}  // namespace e3::cli
