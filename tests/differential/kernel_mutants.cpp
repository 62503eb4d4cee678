// SPDX-License-Identifier: MIT
// Proves that the comparison has power: with each known mistake switched on in the model, random
// schedules must find a difference from the running kernel. Exit status as kernel_differential's.
#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "byte_form.h"
#include "comparison.h"
#include "harness/cli/syntax.h"
#include "kernel/mutation.h"
#include "private_network.h"

namespace e3::differential {
namespace {

constexpr ScheduleOptions kTcp{};

struct Settings {
  std::uint64_t first_seed = 1;
  std::int64_t schedules_max = 20'000;
  std::string only;
  bool show = false;
  std::string seeds;
};

// Runs until the mutant is found out. True when it is.
bool kill(const sim::MutationEntry& entry, const Settings& settings, bool own_network) {
  Comparison comparison(false, own_network ? sim::KernelConfig{} : shared_network_choices());
  sim::active_mutation = entry.mutation;
  for (long done = 1; done <= settings.schedules_max; ++done) {
    const std::uint64_t seed = settings.first_seed + static_cast<std::uint64_t>(done);
    const auto mismatch = comparison.compare(generate(seed, kTcp));
    if (!mismatch) continue;
    fmt::print("killed by schedule {:5}, {:2} steps  {}: {}\n", done, mismatch->schedule.size(),
               entry.name, entry.what);
    if (settings.show) fmt::print("{}", mismatch->report);
    if (!settings.seeds.empty()) {
      write_seed(settings.seeds, std::string(entry.name), {false, mismatch->schedule});
    }
    return true;
  }
  fmt::print("SURVIVED {} schedules  {}: {}\n", settings.schedules_max, entry.name, entry.what);
  return false;
}

int run(const Settings& settings) {
  const bool own_network = enter_private_network();
  bool all_killed = true;
  for (const sim::MutationEntry& entry : sim::kMutations) {
    if (!settings.only.empty() && settings.only != entry.name) continue;
    all_killed = kill(entry, settings, own_network) && all_killed;
    std::fflush(stdout);
  }
  return all_killed ? 0 : 1;
}

}  // namespace
}  // namespace e3::differential

int main(int argc, char** argv) try {
  e3::differential::Settings settings;
  e3::cli::ProgramSyntax app(
      "kernel_mutants",
      "Switches on each known mistake of the model and expects a difference from Linux");
  app.add_option("--seed", settings.first_seed, "first seed");
  app.add_option("--schedules", settings.schedules_max, "most schedules per mistake");
  app.add_option("--only", settings.only, "one mistake, by name");
  app.add_flag("--show", settings.show, "print the shrunk schedules");
  app.add_option("--seeds", settings.seeds,
                 "write the shrunk schedules into this folder, as inputs of fuzz_kernel_parity");
  if (!app.parse(argc, argv)) return 0;
  return e3::differential::run(settings);
} catch (const e3::cli::SyntaxError& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 2;
}
