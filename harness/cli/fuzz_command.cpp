// SPDX-License-Identifier: MIT
#include "harness/cli/fuzz_command.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <list>
#include <system_error>

#include "harness/cli/fuzz_finding.h"
#include "harness/cli/fuzz_seeds.h"
#include "harness/cli/fuzzer_options.h"
#include "harness/cli/fuzzer_process.h"
#include "harness/cli/output_file.h"
#include "harness/cli/progress_line.h"
#include "harness/cli/shipped_files.h"
#include "harness/cli/syntax.h"
#include "harness/world/interrupt.h"

namespace e3::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFuzzExamples = R"(
Examples:
  ci/build fuzz && e3 fuzz                       e3's own server, for a minute
  e3 fuzz fuzz_canary                            a server with a bug that is soon found
  e3 fuzz build/my_fuzz --time 600s -j 4         yours: e3_add_fuzzer() in CMake

Seeds are those in ./corpus/NAME, e3's own, and what is made of the request of the fuzzer's profile.
Options and dictionary are NAME.options or NAME.dict beside the fuzzer, else e3's. Findings are saved
below ./findings, new inputs below ./findings/corpus-NAME.
Exit status: 0 nothing found, 1 a finding, 2 bad usage, 4 the fuzzer could not run, 130 interrupted.
)";

constexpr const char* kFindings = "findings";
// libFuzzer's own exit code for a crash, 77, means "skipped" to test runners.
constexpr int kFindingExitCode = 76;
// For one input, which takes less than a millisecond. A server that computes for ever makes no call
// in which it could be stopped, and libFuzzer by itself waits 20 minutes.
constexpr int kTimeoutSeconds = 10;

bool is_program_with(const fs::path& path, std::string_view words) {
  std::error_code error;
  return fs::is_regular_file(path, error) && file_contains(path, words);
}

// libFuzzer programs say what they are; the replay programs of other builds are no fuzzers.
bool is_fuzzer(const fs::path& path) { return is_program_with(path, "max_total_time"); }

// What fuzz/replay_main.cpp says at its end.
bool is_replay_program(const fs::path& path) { return is_program_with(path, "inputs replayed"); }

fs::path find_fuzzer(const std::string& name) {
  const fs::path here = folder_of_e3();
  const fs::path candidates[] = {name, here / name, here / "../../fuzz/bin" / name,
                                 fs::path("build/fuzz/bin") / name};
  for (const fs::path& path : candidates) {
    if (!is_fuzzer(path)) continue;
    if (::access(path.c_str(), X_OK) == 0) return fs::canonical(path);
    throw UsageError{fmt::format("{} is not executable", path.string())};
  }
  for (const fs::path& path : candidates) {
    if (!is_replay_program(path)) continue;
    throw UsageError{fmt::format(
        "{} is a replay program, which only runs inputs that it is given: build it with clang and "
        "-fsanitize=fuzzer (e3's own: ci/build fuzz; yours: see E3Fuzzer.cmake)",
        path.string())};
  }
  throw UsageError{fmt::format(
      "no libFuzzer program {}: give its path, or build e3's own with ci/build fuzz", name)};
}

// libFuzzer's seeds have 32 bits, and 0 stands for one that differs each time.
std::uint64_t seed_of(std::uint64_t seed, int index) {
  constexpr std::uint64_t kSeeds = 0xffffffff;
  return (seed % kSeeds + static_cast<std::uint64_t>(index)) % kSeeds + 1;
}

std::vector<std::string> command_line(const fs::path& fuzzer, const std::vector<fs::path>& seeds,
                                      const FuzzerOptions& its_own, const Options& options,
                                      int index) {
  const std::string name = fuzzer.filename().string();
  // Of two words for one thing libFuzzer takes the last.
  std::vector<std::string> command{fuzzer.string(), "-max_len=512",
                                   fmt::format("-timeout={}", kTimeoutSeconds)};
  command.insert(command.end(), its_own.words.begin(), its_own.words.end());
  command.insert(command.end(), {fmt::format("-max_total_time={}", options.time.count()),
                                 fmt::format("-seed={}", seed_of(options.seed, index)),
                                 fmt::format("-error_exitcode={}", kFindingExitCode),
                                 fmt::format("-artifact_prefix={}/{}-", kFindings, name),
                                 "-reload=1", fmt::format("{}/corpus-{}", kFindings, name)});
  for (const fs::path& folder : seeds) command.push_back(folder.string());
  return command;
}

// Of one run. What those that have ended did counts to its end.
struct Fuzzers {
  std::list<FuzzerProcess> running;
  std::list<FuzzerProcess> ended;
};

FuzzerFigures sum(const Fuzzers& fuzzers) {
  FuzzerFigures total;
  for (const auto* processes : {&fuzzers.running, &fuzzers.ended}) {
    for (const FuzzerProcess& fuzzer : *processes) {
      total.executions += fuzzer.figures().executions;
      total.per_second += fuzzer.figures().per_second;
      total.coverage = std::max(total.coverage, fuzzer.figures().coverage);
      total.corpus = std::max(total.corpus, fuzzer.figures().corpus);
    }
  }
  return total;
}

std::string figures_line(const FuzzerFigures& figures) {
  return fmt::format("{} executions, {} a second, coverage {}, corpus {}", figures.executions,
                     figures.per_second, figures.coverage, figures.corpus);
}

using Clock = std::chrono::steady_clock;

// Until one of them has ended; returns that one, which is then the last of those.
FuzzerProcess& watch(Fuzzers& fuzzers, Clock::time_point begin, const Options& options) {
  ProgressLine progress;
  while (true) {
    std::vector<pollfd> entries;
    for (const FuzzerProcess& fuzzer : fuzzers.running) {
      entries.push_back({.fd = fuzzer.output(), .events = POLLIN, .revents = 0});
    }
    ::poll(entries.data(), entries.size(), 500);
    throw_if_interrupted();
    auto entry = entries.begin();
    for (auto fuzzer = fuzzers.running.begin(); fuzzer != fuzzers.running.end();
         ++fuzzer, ++entry) {
      if (entry->revents != 0) fuzzer->read_output();
      if (fuzzer->output() >= 0) continue;
      fuzzers.ended.splice(fuzzers.ended.end(), fuzzers.running, fuzzer);
      return fuzzers.ended.back();
    }
    const auto passed = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begin);
    progress.show(fmt::format("{} of {} s: {}", passed.count(), options.time.count(),
                              figures_line(sum(fuzzers))));
  }
}

ExitCode run_to_the_end(const fs::path& fuzzer, Fuzzers& fuzzers, const Options& options) {
  const auto begin = Clock::now();
  while (!fuzzers.running.empty()) {
    FuzzerProcess& process = watch(fuzzers, begin, options);
    const ProcessEnd end = process.wait();
    const bool none_found = end.code == 0 && end.signal == 0;
    if (none_found && (!fuzzers.running.empty() || sum(fuzzers).executions > 0)) continue;
    if (none_found || !has_finding(process)) {
      report_failure(fuzzer, process, end);
      return ExitCode::kInternalError;
    }
    fmt::print("{}\n", figures_line(sum(fuzzers)));
    report_finding(fuzzer, process);
    return ExitCode::kConformanceFailure;
  }
  fmt::print("{}\nnothing found\n", figures_line(sum(fuzzers)));
  return ExitCode::kAsExpected;
}

}  // namespace

void add_fuzz_command(CommandSyntax& app, Options& options) {
  CommandSyntax fuzz = app.add_command("fuzz", "Run a fuzz target that is built");
  fuzz.footer(kFuzzExamples);
  fuzz.add_option("fuzzer", options.fuzzer, "Its name, or its path [fuzz_schedule]")
      .type_name("FUZZER");
  fuzz.add_duration(
      "--time", {{"s", 1}, {"min", 60}},
      [&](std::int64_t value) { options.time = std::chrono::seconds(value); },
      "How long, at most [60s]");
  fuzz.add_option("-j,--jobs", options.jobs, "How many processes").within(1, 256);
  fuzz.add_option("--corpus", options.corpus, "Begin from the inputs in this folder alone")
      .type_name("FOLDER");
  fuzz.add_option("--seed", options.seed, "Seed of every random choice").shows_default();
  // What other commands take, and this one cannot.
  fuzz.add_option("--spawn", options.spawn, "A program cannot be fuzzed").hidden();
  fuzz.add_flag("--preload", options.preload, "A program cannot be fuzzed").hidden();
  fuzz.when_chosen([&] { options.command = Command::kFuzz; });
}

ExitCode fuzz(const Options& options) {
  if (options.preload || !options.spawn.empty()) {
    throw UsageError{
        "fuzz needs a server that is linked in: see e3_add_fuzzer(); for programs there are "
        "e3 torture and e3 exhaust"};
  }
  const fs::path fuzzer = find_fuzzer(options.fuzzer);
  const std::vector<std::string> names = names_of_files(fuzzer);
  const FuzzerOptions its_own = options_of(fuzzer, names);
  make_folder(fs::path(kFindings) / ("corpus-" + fuzzer.filename().string()));
  fmt::print("{} for {} s, seed {}\n", fuzzer.string(), options.time.count(), options.seed);
  const std::string made = fmt::format("{}/seeds-{}", kFindings, fuzzer.filename().string());
  const std::vector<fs::path> seeds =
      options.corpus.empty() ? seeds_for(fuzzer, names, made) : only_seeds(options.corpus);
  if (!its_own.file.empty()) fmt::print("options {}\n", its_own.file.string());
  catch_interrupts();
  Fuzzers fuzzers;
  for (int i = 0; i < options.jobs; ++i) {
    fuzzers.running.emplace_back(command_line(fuzzer, seeds, its_own, options, i));
  }
  try {
    return run_to_the_end(fuzzer, fuzzers, options);
  } catch (const Interrupted&) {
    fmt::print("{}\n", figures_line(sum(fuzzers)));
    return ExitCode::kInterrupted;
  }
}

}  // namespace e3::cli
