// SPDX-License-Identifier: MIT
#include "harness/cli/scenario_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <map>
#include <utility>
#include <vector>

#include "harness/cli/bench.h"
#include "harness/cli/output_file.h"
#include "harness/cli/progress_line.h"
#include "harness/cli/scenario_file.h"
#include "harness/cli/syntax.h"
#include "harness/explore/minimize.h"
#include "harness/report/report.h"
#include "harness/report/timeline.h"
#include "harness/scenario/byte_form.h"
#include "harness/scenario/snippet.h"
#include "harness/scenario/text_form.h"

namespace e3::cli {
namespace {

constexpr const char* kReplayExamples = R"(
Examples:
  e3 replay split.e3                             against the shipped server, simulated
  e3 replay split.e3 --engine socketpair
  e3 replay crash-0123abcd                       an input that a fuzzer saved
  e3 replay split.e3 --spawn './my-server --port {port}'
  e3 replay split.e3 --preload --spawn './my-server --port {port}'

Exit status: 0 nothing is wrong, 1 the scenario shows a bug, 2 bad usage, 3 no target, or none that
can be judged.
)";

constexpr const char* kMinimizeExamples = R"(
Examples:
  e3 minimize crash-0123abcd                     prints the scenario and a GoogleTest
  e3 minimize crash-0123abcd -o small.e3
  e3 minimize long.e3 --spawn './my-server --port {port}'

Exit status: 0 minimised, 1 the scenario shows no bug, 2 bad usage, 3 no target, 130 interrupted: what
is printed is as small as it had become.
)";

constexpr const char* kSeedsExamples = R"(
Examples:
  e3 seeds corpus/scenarios/*.e3 -o corpus/fuzz_schedule
)";

constexpr std::chrono::milliseconds kProgramTimeout(200);

std::string_view where_calls_fail(const Options& options) {
  if (!options.spawn.empty()) return "--preload can";
  return options.endpoint.empty() ? "--engine sim can" : "--preload --spawn CMD can";
}

// A scenario that shows nothing may have been played without what showed the bug.
void print_left_out(const scenario::Scenario& scenario, explore::Judge& judge,
                    const Options& options) {
  std::size_t left_out = 0;
  std::size_t injected = 0;
  for (const scenario::Step& step : scenario) {
    if (step.verb != scenario::Verb::kFault) continue;
    ++(judge.can_inject(step.fault) ? injected : left_out);
  }
  if (left_out > 0) {
    fmt::print("{} fault{} left out: here no such call can be made to fail ({})\n", left_out,
               left_out == 1 ? " was" : "s were", where_calls_fail(options));
  }
  // Each that has come to pass has struck at least once.
  const std::size_t struck = std::min(judge.faults_struck(), injected);
  if (struck < injected) {
    fmt::print("{} of {} faults never struck: the call that each waits for did not come\n",
               injected - struck, injected);
  }
}

// What the program must be replayed with to show the same.
std::vector<std::string> replay_options(const Options& options) {
  std::vector<std::string> words;
  if (options.preload) words.emplace_back("--preload");
  if (options.profile != Options().profile) {
    words.insert(words.end(), {"--profile", options.profile});
  }
  if (options.port != 0) words.insert(words.end(), {"--port", std::to_string(options.port)});
  if (options.timeout) {
    words.insert(words.end(), {"--timeout", fmt::format("{}ms", options.timeout->count())});
  }
  return words;
}

explore::Minimized minimize_with_progress(const scenario::Scenario& scenario, Bench& bench,
                                          const Violation& found, const Options& options) {
  ProgressLine line;
  return explore::minimize(
      scenario, *bench.judge, found, minimizing_runs(options), [&](std::size_t runs) {
        throw_if_interrupted();
        line.show_now_and_then([&] { return fmt::format("minimises: {} runs", runs); });
      });
}

}  // namespace

void add_scenario_commands(CommandSyntax& app, Options& options) {
  CommandSyntax replay = app.add_command("replay", "Play one scenario and show what happened");
  replay.footer(kReplayExamples);
  replay.add_option("scenario", options.scenario, "A *.e3 file, a fuzzer's input, or a name")
      .required()
      .type_name("FILE|ID");
  add_target(replay, options);
  add_preload(replay, options);
  add_timeouts(replay, options, "2s");
  replay.when_chosen([&] { options.command = Command::kReplay; });

  CommandSyntax minimize = app.add_command("minimize", "Make a failing scenario small");
  minimize.footer(kMinimizeExamples);
  minimize.add_option("scenario", options.scenario, "A *.e3 file, a fuzzer's input, or a name")
      .required()
      .type_name("FILE|ID");
  minimize.add_option("-o,--output", options.output, "Write the scenario to this file")
      .type_name("FILE");
  add_target(minimize, options);
  add_preload(minimize, options);
  add_timeouts(minimize, options, "200ms");
  minimize.when_chosen([&] { options.command = Command::kMinimize; });

  CommandSyntax seeds = app.add_command("seeds", "Turn scenarios into inputs for fuzzers");
  seeds.footer(kSeedsExamples);
  seeds.add_option("scenarios", options.files, "Files *.e3").required().type_name("FILE");
  seeds.add_option("-o,--output", options.output, "The folder to write them into; made if need be")
      .required()
      .type_name("FOLDER");
  seeds.when_chosen([&] { options.command = Command::kSeeds; });
}

ExitCode replay(const Options& options, const MakeTarget& make_target) {
  return guarded([&] {
    const ScenarioFile file = read_scenario(options.scenario);
    catch_interrupts();
    Bench bench(options, make_target);
    fmt::print("{} against {}\n\n", file.path, bench.description);
    auto found = bench.judge->judge(file.scenario);
    // The first time, the undisturbed exchanges are in the transcript, too.
    const bool was_judged = bench.judge->remarks().empty();
    if (!found && was_judged && bench.abilities.virtual_time)
      found = bench.judge->judge(file.scenario);
    fmt::print("{}\n", report::timeline(bench.judge->transcript()));
    if (found) {
      print_violation(*found);
      return ExitCode::kConformanceFailure;
    }
    if (!bench.judge->remarks().empty()) {
      print_remarks(*bench.judge);
      return ExitCode::kTargetUnavailable;
    }
    fmt::print("nothing is wrong: each peer got its undisturbed answer, and the server is well\n");
    print_left_out(file.scenario, *bench.judge, options);
    return ExitCode::kAsExpected;
  });
}

ExitCode minimize(const Options& given, const MakeTarget& make_target) {
  Options options = given;
  const bool is_program = !runs_virtually(options);
  if (is_program && !options.timeout) options.timeout = kProgramTimeout;
  return guarded([&] {
    const ScenarioFile file = read_scenario(options.scenario);
    catch_interrupts();
    Bench bench(options, make_target);
    const auto found = bench.judge->judge(file.scenario);
    if (!found) {
      fmt::print(stderr, "e3: {} shows no bug in {}\n", file.path, bench.description);
      return ExitCode::kConformanceFailure;
    }
    const explore::Minimized minimized =
        minimize_with_progress(file.scenario, bench, *found, options);
    const std::string text = scenario::print(minimized.scenario);
    fmt::print("# {} in {}: {} steps, {} runs{}\n{}\n", to_string(found->symptom),
               bench.description, minimized.scenario.size(), minimized.runs,
               minimized.ended_by ? ", and not all that were needed" : "", text);
    print_violation(minimized.violation);
    if (is_program || options.preload) {
      fmt::print("\n{}",
                 scenario::pytest_snippet(minimized.scenario, file.name, replay_options(given)));
    } else {
      fmt::print("\n{}",
                 scenario::googletest_snippet(minimized.scenario, file.name, options.profile));
    }
    if (!options.output.empty()) write_output(options.output, text);
    if (minimized.ended_by) std::rethrow_exception(minimized.ended_by);
    return ExitCode::kAsExpected;
  });
}

ExitCode write_seeds(const Options& options) {
  return guarded([&] {
    std::map<std::string, ScenarioFile> files;  // by name; all are read before one is written
    for (const std::string& word : options.files) {
      ScenarioFile file = read_scenario(word);
      const std::string name = file.name;
      const auto [known, is_new] = files.emplace(name, std::move(file));
      if (is_new) continue;
      throw UsageError{fmt::format("{} and {} would both become {}/{}; rename one",
                                   known->second.path, word, options.output, name)};
    }
    make_folder(options.output);
    for (const auto& [name, file] : files) {
      write_output(fmt::format("{}/{}", options.output, name), scenario::encode(file.scenario));
    }
    return ExitCode::kAsExpected;
  });
}

}  // namespace e3::cli
