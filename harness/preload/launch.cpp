// SPDX-License-Identifier: MIT
#include "harness/preload/launch.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "harness/preload/program_file.h"
#include "harness/world/engines/tcp/command_words.h"

namespace e3::preload {
namespace {

constexpr std::uint16_t kAnyPort = 8080;

constexpr std::string_view kAlternatives =
    "test it over TCP, without --preload, or strike its calls with strace --inject (see e3 torture "
    "--help)";
constexpr std::string_view kLinking = "; or link it in (README.md)";

std::string why_not(const ProgramFile& program, const std::string& path) {
  switch (program.kind) {
    case ProgramKind::kDynamic:
      return {};
    case ProgramKind::kStatic:
      return fmt::format("{} is linked statically, so nothing can be preloaded into it: {}{}", path,
                         kAlternatives, kLinking);
    case ProgramKind::kForeign:
      return fmt::format("{} is not for this machine and glibc, so nothing can be preloaded: {}{}",
                         path, kAlternatives, kLinking);
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

}  // namespace

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

Order order_of(const PreloadOptions& options, const Profile& profile, std::uint64_t seed) {
  return {.version = E3_VERSION,
          .id = {},
          .profile = word_for(profile),
          .seed = seed,
          .port = port_of(options),
          .computing_seconds = static_cast<std::uint32_t>(computing_limit(options).count())};
}

std::string description_of(const PreloadOptions& options) {
  return fmt::format("{}, preloaded into the simulated kernel", options.command);
}

std::chrono::seconds computing_limit(const PreloadOptions& options) {
  return std::chrono::ceil<std::chrono::seconds>(5 * options.timeout);
}

std::chrono::seconds patience(const PreloadOptions& options) {
  return std::chrono::ceil<std::chrono::seconds>(60 * options.timeout);
}

std::string not_done(const PreloadOptions& options) {
  return fmt::format(
      "it was not done after {} s: it waits in a call that the simulated kernel does not answer, "
      "or needs a longer --timeout (or a smaller request or large_request)",
      patience(options).count());
}

std::string find_preload_library() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto library = (self.parent_path() / E3_PRELOAD_LIBRARY).lexically_normal();
  return std::filesystem::exists(library, error) ? library.string() : std::string();
}

std::string beyond(std::string_view call) {
  return fmt::format("it called {}, which the simulated kernel does not model: {}", call,
                     kAlternatives);
}

std::string_view trapped_call(int status) {
  const bool trapped = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
  return trapped ? "io_uring_setup" : "";  // by trap_io_uring()
}

Violation violation_by_end(const std::string& in_words) {
  return {Symptom::kDied, "the server lives on", in_words};
}

}  // namespace e3::preload
