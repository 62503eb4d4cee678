// SPDX-License-Identifier: MIT
#include "harness/cli/fuzz_finding.h"

#include <fmt/format.h>
#include <signal.h>
#include <string.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "harness/cli/scenario_file.h"
#include "harness/explore/fuzz_input.h"
#include "harness/preload/launch.h"
#include "harness/report/escape.h"
#include "harness/report/report_files.h"
#include "harness/scenario/text_form.h"

namespace e3::cli {
namespace {

namespace fs = std::filesystem;
using report::shell_word;

// Of a fuzzer that could not run.
constexpr std::size_t kLinesShown = 10;

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// What stands below the heading in the fuzzer's own report; empty when it died before that.
std::string minimised_scenario(const FuzzerProcess& process) {
  const auto& lines = process.lines();
  auto line = std::find(lines.begin(), lines.end(), explore::kScenarioHeading);
  std::string text;
  while (line != lines.end() && ++line != lines.end() && !line->empty()) text += *line + "\n";
  return text;
}

// An input that took long, which libFuzzer saves like a finding and goes on: NAME-slow-unit-DIGEST.
bool is_slow_unit(std::string_view written) {
  return written.substr(0, written.rfind('-')).ends_with("slow-unit");
}

// The input that libFuzzer says it has written for what ended it.
std::string input_of(const FuzzerProcess& process) {
  constexpr std::string_view kWritten = "Test unit written to ";
  const auto& lines = process.lines();
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    const std::size_t at = line->find(kWritten);
    if (at == line->npos) continue;
    std::string written = line->substr(at + kWritten.size());
    if (!is_slow_unit(written)) return written;
  }
  return {};
}

// Who plays a scenario against the server that was fuzzed. A server of the user's own is in no
// program that e3 knows.
std::string player_of(const fs::path& fuzzer, const std::string& scenario) {
  const std::string name = fuzzer.filename().string();
  const std::string file = shell_word(scenario);
  if (name == "fuzz_schedule") return "e3 replay " + file;
  if (name == "fuzz_schedule_kernel") return "e3 replay --engine socketpair " + file;
  if (name == "fuzz_canary") return "e3-canary replay " + file;
  const std::string profile = profile_of(fuzzer).value_or("http");
  return fmt::format("e3 replay {}{}{} --spawn 'YOUR-SERVER {{port}}'", file,
                     profile == "http" ? "" : " --profile " + shell_word(profile),
                     // Without it no call can be made to fail.
                     preload::find_preload_library().empty() ? "" : " --preload");
}

// What libFuzzer's own reports do not tell.
std::string in_words(const ProcessEnd& end, std::uint64_t executions) {
  const std::string when = fmt::format("after {} executions", executions);
  if (end.signal == SIGKILL) return fmt::format("was killed by SIGKILL {}: out of memory?", when);
  if (end.signal != 0) {
    const char* name = sigabbrev_np(end.signal);  // real-time signals have none
    return fmt::format("was killed by signal {} ({}) {}", end.signal, name ? name : "?", when);
  }
  if (end.code == 0) return "ended without one execution";
  if (executions == 0) return fmt::format("could not run, and ended with exit status {}", end.code);
  return fmt::format("ended with exit status {} {}, without a finding", end.code, when);
}

}  // namespace

bool file_contains(const fs::path& path, std::string_view words) {
  return bytes_of(path).find(words) != std::string::npos;
}

bool plays_scenarios(const fs::path& fuzzer) {
  return file_contains(fuzzer, explore::kScenarioHeading);
}

std::optional<std::string> profile_of(const fs::path& fuzzer) {
  constexpr std::string_view kMark = "e3_fuzz_profile=";
  const std::string bytes = bytes_of(fuzzer);
  for (std::size_t at = 0; (at = bytes.find(kMark, at)) != bytes.npos;) {
    at += kMark.size();
    // A program that has this very function in it has the mark alone, too.
    if (std::string word = bytes.c_str() + at; !word.empty()) return word;
  }
  return std::nullopt;
}

bool has_finding(const FuzzerProcess& process) {
  const auto& lines = process.lines();
  return !input_of(process).empty() ||
         std::any_of(lines.begin(), lines.end(),
                     [](const std::string& line) { return line.starts_with("SUMMARY: "); });
}

void report_failure(const fs::path& fuzzer, const FuzzerProcess& process, const ProcessEnd& end) {
  const auto& lines = process.lines();
  const std::size_t shown = std::min(lines.size(), kLinesShown);
  fmt::print(stderr, "e3: {} {}{}\n", report::one_line(fuzzer.string()),
             in_words(end, process.figures().executions),
             shown > 0 ? "; it printed:" : "; it printed nothing");
  for (std::size_t i = lines.size() - shown; i < lines.size(); ++i) {
    fmt::print(stderr, "  {}\n", report::one_line(lines[i]));
  }
}

void report_finding(const fs::path& fuzzer, const FuzzerProcess& process) {
  for (const std::string& line : process.lines()) {
    if (line.starts_with("finding: ") || line.starts_with("  expected: ") ||
        line.starts_with("  actual: ") || line.starts_with("SUMMARY: ")) {
      fmt::print("{}\n", report::one_line(line));
    }
  }
  const std::string input = input_of(process);
  std::string text = minimised_scenario(process);
  // A run that ended before it was minimised is told as it was, by the fuzzers that play scenarios.
  if (text.empty() && !input.empty() && plays_scenarios(fuzzer)) {
    text = scenario::print(read_scenario(input).scenario);
  }
  if (!text.empty()) fmt::print("\n{}", text);
  if (input.empty()) return;
  fmt::print("\nthe fuzzer's input is {}\nrun it again: {} {}\n", input,
             shell_word(fuzzer.string()), shell_word(input));
  if (text.empty()) return;
  const std::string file = input + ".e3";
  report::write_file(file, text);
  fmt::print("saved as {}\nreplay: {}\n", file, player_of(fuzzer, file));
}

}  // namespace e3::cli
