// SPDX-License-Identifier: MIT
#include "harness/cli/bench.h"

#include <memory>
#include <utility>

#include "harness/cli/syntax.h"
#include "harness/explore/profile_protocol.h"
#include "harness/explore/world_judge.h"
#include "harness/preload/preloaded_judge.h"
#include "harness/world/engines/sim/sim_kernel.h"

namespace e3::cli {

void add_target(CommandSyntax& command, Options& options) {
  command.add_option("target", options.endpoint, "A server that already runs")
      .type_name("HOST:PORT");
  command.add_option("--spawn", options.spawn, "Start this program; {port} stands for its port")
      .type_name("CMD");
  command.add_option("--port", options.port, "The port that the spawned program listens on")
      .within(1, 65535);
  command.add_option("--engine", options.engine, "auto, sim, socketpair or tcp")
      .one_of({"auto", "sim", "socketpair", "tcp"})
      .type_name("NAME");
  command
      .add_option("--profile", options.profile,
                  "What the server speaks: http, hello, echo, redis, memcached, smtp or FILE.toml")
      .type_name("NAME");
  command.add_flag("--allow-remote", options.allow_remote,
                   "Allow HOST:PORT to be another machine that you may test");
}

void add_preload(CommandSyntax& command, Options& options) {
  command.add_flag("--preload", options.preload,
                   "Run the spawned program, unmodified, in the simulated kernel");
}

Bench::Bench(const Options& options, const MakeTarget& make_target)
    : protocol(explore::protocol_of(load_profile(options.profile))) {
  if (options.preload) {
    auto preloaded = std::make_unique<preload::PreloadedJudge>(
        preload_options(options), load_profile(options.profile), options.seed);
    description = preloaded->description();
    abilities = SimKernel::kAbilities;
    judge = std::move(preloaded);
    return;
  }
  source_ = make_source(options, make_target, transcript_);
  judge = std::make_unique<explore::WorldJudge>(*source_, protocol);
  description = source_->description();
  abilities = source_->world().abilities();
}

bool runs_virtually(const Options& options) {
  return options.endpoint.empty() && (options.spawn.empty() || options.preload);
}

std::size_t minimizing_runs(const Options& options) {
  // A program that owes an answer costs a time-out in each run.
  return runs_virtually(options) ? 100'000 : 40;
}

void print_remarks(const explore::Judge& judge) {
  for (const std::string& remark : judge.remarks()) fmt::print("{}\n", report::one_line(remark));
}

std::string in_words(const Violation& violation) {
  return fmt::format("{}\n  expected: {}\n  actual:   {}\n", to_string(violation.symptom),
                     report::one_line(violation.expected), report::one_line(violation.actual));
}

void print_violation(const Violation& violation) { fmt::print("{}", in_words(violation)); }

}  // namespace e3::cli
