// SPDX-License-Identifier: MIT
// Random schedules on the simulated kernel and on the running Linux: every result, errno and
// ordered event list must be the same. Exit status 0: no difference; 1: differences, printed with
// seed and steps.
#include <fmt/format.h>
#include <sys/utsname.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "byte_form.h"
#include "comparison.h"
#include "harness/cli/syntax.h"
#include "private_network.h"

namespace e3::differential {
namespace {

// A namespace is replaced before its TIME_WAIT sockets come near the kernel's limit.
constexpr long kSchedulesPerNetwork = 20'000;

struct Settings {
  std::uint64_t first_seed = 1;
  std::int64_t schedules = 3'000;
  std::int64_t mismatches_max = 5;
  bool unix_sockets = false;
  bool shared_network = false;
  bool no_full_buffers = false;
  std::vector<std::string> replay;
  std::string seeds;
};

Schedule read_schedule(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::stringstream text;
  text << file.rdbuf();
  return parse(text.str());
}

int replay(const std::string& path, Comparison& comparison) {
  const auto mismatch = comparison.compare(read_schedule(path));
  if (mismatch) fmt::print("{}:\n{}", path, mismatch->report);
  return mismatch ? 1 : 0;
}

int run(const Settings& settings) {
  if (!settings.seeds.empty()) {
    for (const std::string& path : settings.replay) {
      write_seed(settings.seeds, std::filesystem::path(path).stem(),
                 {settings.unix_sockets, read_schedule(path)});
    }
    return 0;
  }
  const bool own_network = !settings.shared_network && enter_private_network();
  Comparison comparison(settings.unix_sockets,
                        own_network ? sim::KernelConfig{} : shared_network_choices());
  if (!settings.replay.empty()) {
    int status = 0;
    for (const std::string& path : settings.replay) status |= replay(path, comparison);
    return status;
  }
  const ScheduleOptions options{settings.unix_sockets, !settings.no_full_buffers};
  long mismatches = 0;
  long done = 0;
  for (; done < settings.schedules && mismatches < settings.mismatches_max; ++done) {
    if (own_network && done % kSchedulesPerNetwork == kSchedulesPerNetwork - 1)
      enter_private_network();
    const std::uint64_t seed = settings.first_seed + static_cast<std::uint64_t>(done);
    if (const auto mismatch = comparison.compare(generate(seed, options))) {
      ++mismatches;
      fmt::print("seed {}:\n{}\n", seed, mismatch->report);
    }
  }
  utsname system{};
  uname(&system);
  fmt::print("{} {}, {} network: {} schedules, {} steps, {} mismatches, {} timing differences\n",
             system.sysname, system.release, own_network ? "own" : "shared", done,
             comparison.steps(), mismatches, comparison.timing_differences());
  return mismatches == 0 ? 0 : 1;
}

}  // namespace
}  // namespace e3::differential

int main(int argc, char** argv) try {
  e3::differential::Settings settings;
  e3::cli::ProgramSyntax app(
      "kernel_differential",
      "Compares the simulated kernel with the running Linux kernel on random schedules");
  app.add_option("--seed", settings.first_seed, "first seed");
  app.add_option("--schedules", settings.schedules, "how many seeds to run");
  app.add_option("--mismatches", settings.mismatches_max, "stop after that many mismatches");
  app.add_flag("--unix", settings.unix_sockets, "AF_UNIX pairs instead of loopback TCP");
  app.add_flag("--no-full-buffers", settings.no_full_buffers, "leave out steps that fill buffers");
  app.add_flag("--shared-network", settings.shared_network,
               "use the machine's own loopback, where the acknowledgement of a FIN is delayed");
  app.add_option("--replay", settings.replay, "run schedules from files instead");
  app.add_option(
      "--seeds", settings.seeds,
      "write the schedules of --replay into this folder, as inputs of fuzz_kernel_parity");
  if (!app.parse(argc, argv)) return 0;
  return e3::differential::run(settings);
} catch (const e3::cli::SyntaxError& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 2;
}
