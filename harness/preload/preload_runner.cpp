// SPDX-License-Identifier: MIT
#include "harness/preload/preload_runner.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "harness/preload/program_file.h"
#include "harness/world/engines/tcp/command_words.h"
#include "harness/world/world.h"

namespace e3::preload {
namespace {

constexpr std::uint16_t kAnyPort = 8080;
constexpr std::size_t kOutputShown = 8192;

constexpr std::string_view kAlternatives =
    "test it over TCP, without --preload; strike its calls with strace --inject (see e3 torture "
    "--help); or link it in (README.md)";

std::string why_not(const ProgramFile& program, const std::string& path) {
  switch (program.kind) {
    case ProgramKind::kDynamic:
      return {};
    case ProgramKind::kStatic:
      return fmt::format("{} is linked statically, so nothing can be preloaded into it: {}", path,
                         kAlternatives);
    case ProgramKind::kForeign:
      return fmt::format("{} is not for this machine and glibc, so nothing can be preloaded: {}",
                         path, kAlternatives);
    case ProgramKind::kScript:
      return fmt::format("{} is a script; --preload needs the command of the server itself", path);
    case ProgramKind::kNoProgram:
      break;
  }
  return fmt::format("{} is no program", path);
}

// The program may change its folder before it is asked.
std::string word_for(const Profile& profile) {
  if (!profile.name.ends_with(".toml")) return profile.name;
  return std::filesystem::absolute(profile.name).string();
}

std::uint16_t port_of(const PreloadOptions& options) {
  return options.port != 0 ? options.port : kAnyPort;
}

Launch launch_of(const PreloadOptions& options) {
  const std::string library = find_preload_library();
  if (library.empty()) {
    throw std::invalid_argument(
        fmt::format("{} is not there: builds with sanitizers do not have it",
                    std::filesystem::path(E3_PRELOAD_LIBRARY).filename().string()));
  }
  Launch launch;
  launch.words = command_words(options.command, port_of(options));
  launch.file = find_program(launch.words.front());
  if (launch.file.empty()) {  // the attempt to start it will tell
    launch.file = launch.words.front();
    return launch;
  }
  const ProgramFile program = read_program_file(launch.file);
  if (const std::string obstacle = why_not(program, launch.file); !obstacle.empty()) {
    throw std::invalid_argument(obstacle);
  }
  const char* inherited = std::getenv("LD_PRELOAD");
  launch.preload = preload_list(program, library, inherited != nullptr ? inherited : "");
  return launch;
}

std::string beyond(const std::string& call) {
  return fmt::format("it called {}, which the simulated kernel does not model: {}", call,
                     kAlternatives);
}

// By trap_io_uring().
constexpr const char* kIoUring = "io_uring_setup";
bool was_trapped(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS; }

// Which check saw what, from the hash of each.
std::uint64_t combined(std::uint64_t all, std::uint64_t one) {
  return (all ^ one) * 0x100000001b3U;
}

// An ERROR, unless more is said.
CheckResult not_concluded(const CheckCase& which, std::string reason) {
  CheckResult result;
  result.check = which.check;
  result.id = id_of(which);
  result.level = level_of(which);
  result.reason = std::move(reason);
  return result;
}

// What it printed, as the last things that it did.
std::vector<std::string> with_output(std::vector<std::string> transcript,
                                     const std::string& printed) {
  constexpr std::size_t kTimeWidth = 10;
  const std::string time =
      transcript.empty() ? std::string(kTimeWidth, '-') : transcript.back().substr(0, kTimeWidth);
  std::istringstream lines(printed);
  for (std::string line; std::getline(lines, line);) {
    transcript.push_back(fmt::format("{}  {:<7} prints: {}", time, "target", line));
  }
  return transcript;
}

}  // namespace

std::string find_preload_library() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto library = (self.parent_path() / E3_PRELOAD_LIBRARY).lexically_normal();
  return std::filesystem::exists(library, error) ? library.string() : std::string();
}

PreloadRunner::PreloadRunner(const PreloadOptions& options, const RunOptions& run)
    : options_(options), run_(&run), launch_(launch_of(options)) {
  facts_.engine = "preload";
}

std::string PreloadRunner::description() const {
  return fmt::format("{}, preloaded into the simulated kernel", options_.command);
}

Order PreloadRunner::order_for(const CheckCase& which) const {
  return {.version = E3_VERSION,
          .id = id_of(which),
          .profile = word_for(*run_->profile),
          .seed = run_->seed,
          .strict = run_->strict,
          .port = port_of(options_),
          .processor_seconds = static_cast<std::uint32_t>(processor_time().count())};
}

std::chrono::seconds PreloadRunner::processor_time() const {
  return std::chrono::ceil<std::chrono::seconds>(10 * options_.timeout);
}

CheckResult PreloadRunner::run_one(const CheckCase& which) {
  PreloadedProcess process(launch_, order_for(which));
  bool ready = false;
  std::vector<std::string> transcript;
  while (auto reply = process.next_reply(ready ? 6 * processor_time() : options_.ready_timeout)) {
    if (std::holds_alternative<Ready>(*reply)) ready = true;
    if (auto* words = std::get_if<LastWords>(&*reply)) transcript = std::move(words->transcript);
    if (const auto* none = std::get_if<Unavailable>(&*reply)) throw TargetUnavailable(none->why);
    if (const auto* odd = std::get_if<Unsupported>(&*reply)) {
      if (!ready) throw TargetUnavailable(beyond(odd->call));
      return not_concluded(which, beyond(odd->call));
    }
    if (auto* concluded = std::get_if<Concluded>(&*reply)) {
      concluded->facts.transcript_hash =
          combined(facts_.transcript_hash, concluded->facts.transcript_hash);
      facts_ = std::move(concluded->facts);
      return std::move(concluded->result);
    }
  }
  if (!ready) throw_never_ready(process);
  return ended(process, which, std::move(transcript));
}

void PreloadRunner::throw_never_ready(PreloadedProcess& process) const {
  if (!process.timed_out()) {
    if (was_trapped(process.status())) throw TargetUnavailable(beyond(kIoUring));
    throw TargetUnavailable(
        fmt::format("the program ended before it listened: {}", process.death()));
  }
  throw TargetUnavailable(
      fmt::format("the program did not listen within {} ms (--ready-timeout waits longer)",
                  options_.ready_timeout.count()));
}

// The program ended in the middle of the case.
CheckResult PreloadRunner::ended(PreloadedProcess& process, const CheckCase& which,
                                 std::vector<std::string> transcript) const {
  if (process.timed_out()) {
    return not_concluded(which, "it waited in a call that the simulated kernel does not answer");
  }
  const int status = process.status();
  if (was_trapped(status)) return not_concluded(which, beyond(kIoUring));
  const bool computed = WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;
  const Symptom symptom = computed ? Symptom::kSpins : Symptom::kDied;
  Failure failure;
  failure.point = "one of its points";
  failure.violation = {.symptom = symptom,
                       .expected = computed ? "a quiet server waits" : "the server lives on",
                       .actual = computed ? "it computes without end" : process.death()};
  failure.cause = cause_of(*which.check, symptom);
  failure.transcript = with_output(std::move(transcript), process.output().lines(kOutputShown));
  CheckResult result = not_concluded(which, {});
  result.verdict = computed ? Verdict::kFail : Verdict::kCrash;
  result.answer = result.verdict;
  result.failures.push_back(std::move(failure));
  return result;
}

}  // namespace e3::preload
