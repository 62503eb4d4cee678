// SPDX-License-Identifier: MIT
#include "harness/cli/fuzz_finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "harness/cli/scenario_file.h"
#include "harness/explore/fuzz_input.h"
#include "harness/report/escape.h"
#include "harness/report/report_files.h"
#include "harness/scenario/text_form.h"

namespace e3::cli {
namespace {

namespace fs = std::filesystem;

// Of a fuzzer that could not run.
constexpr std::size_t kLinesShown = 10;

// What stands below the heading in the fuzzer's own report; empty when it died before that.
std::string minimised_scenario(const FuzzerProcess& process) {
  const auto& lines = process.lines();
  auto line = std::find(lines.begin(), lines.end(), explore::kScenarioHeading);
  std::string text;
  while (line != lines.end() && ++line != lines.end() && !line->empty()) text += *line + "\n";
  return text;
}

// The input that libFuzzer says it has written.
std::string input_of(const FuzzerProcess& process) {
  constexpr std::string_view kWritten = "Test unit written to ";
  for (const std::string& line : process.lines()) {
    const std::size_t at = line.find(kWritten);
    if (at != line.npos) return line.substr(at + kWritten.size());
  }
  return {};
}

// Who plays a scenario against the server that was fuzzed. A server of the user's own is in no
// program that e3 knows.
std::string player_of(const fs::path& fuzzer, const std::string& scenario) {
  const std::string name = fuzzer.filename().string();
  if (name == "fuzz_schedule") return "e3 replay " + scenario;
  if (name == "fuzz_schedule_kernel") return "e3 replay --engine socketpair " + scenario;
  if (name == "fuzz_canary") return "e3-canary replay " + scenario;
  return fmt::format("e3 replay {} --spawn 'YOUR-SERVER {{port}}'", scenario);
}

}  // namespace

bool file_contains(const fs::path& path, std::string_view words) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return bytes.find(words) != bytes.npos;
}

bool plays_scenarios(const fs::path& fuzzer) {
  return file_contains(fuzzer, explore::kScenarioHeading);
}

bool has_finding(const FuzzerProcess& process) {
  const auto& lines = process.lines();
  return !input_of(process).empty() ||
         std::any_of(lines.begin(), lines.end(),
                     [](const std::string& line) { return line.starts_with("SUMMARY: "); });
}

void report_failure(const fs::path& fuzzer, const FuzzerProcess& process) {
  const auto& lines = process.lines();
  const std::size_t shown = std::min(lines.size(), kLinesShown);
  fmt::print(stderr, "e3: {} could not run{}\n", report::one_line(fuzzer.string()),
             shown > 0 ? "; it printed:" : ", and printed nothing");
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
  fmt::print("\nthe fuzzer's input is {}\nrun it again: {} {}\n", input, fuzzer.string(), input);
  if (text.empty()) return;
  const std::string file = input + ".e3";
  report::write_file(file, text);
  fmt::print("saved as {}\nreplay: {}\n", file, player_of(fuzzer, file));
}

}  // namespace e3::cli
