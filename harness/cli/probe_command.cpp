// SPDX-License-Identifier: MIT
#include "harness/cli/probe_command.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "harness/checks/profile_text.h"
#include "harness/checks/session.h"
#include "harness/cli/bench.h"
#include "harness/cli/complaint.h"
#include "harness/cli/make_source.h"
#include "harness/cli/output_file.h"
#include "harness/cli/syntax.h"
#include "harness/probe/probe.h"
#include "harness/report/escape.h"

namespace e3::cli {
namespace {

constexpr const char* kExamples = R"(
Examples:
  e3 probe                                       the shipped server, in virtual time
  e3 probe 127.0.0.1:8080 --wait 70s             waits so long for time-outs, for all at once
  e3 probe --spawn './my-server {port}' --json
  e3 probe 127.0.0.1:8080 --write-profile my.toml && e3 run --profile my.toml 127.0.0.1:8080

Exit status: 0 probed, 1 the server does not answer the profile's request, 2 bad usage,
3 the target never became ready or went away, 130 interrupted.
)";

nlohmann::ordered_json to_json(const probe::Value& value) {
  struct {
    nlohmann::ordered_json operator()(std::monostate) const { return nullptr; }
    nlohmann::ordered_json operator()(const std::string& text) const { return text; }
    nlohmann::ordered_json operator()(bool yes) const { return yes; }
    nlohmann::ordered_json operator()(std::size_t count) const { return count; }
    nlohmann::ordered_json operator()(double seconds) const { return seconds; }
  } convert;
  return std::visit(convert, value);
}

void print_json(const probe::Result& result, const std::string& target, const Options& options) {
  nlohmann::ordered_json facts = nlohmann::ordered_json::object();
  for (const probe::Fact& fact : result.facts) {
    facts[std::string(fact.key)] = {{"value", to_json(fact.value)}, {"says", fact.says}};
  }
  const nlohmann::ordered_json all{{"target", report::one_line(target)},
                                   {"profile", report::one_line(options.profile)},
                                   {"facts", facts}};
  // What a server said may be no text at all.
  fmt::print("{}\n", all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_table(const probe::Result& result, const std::string& target, const Options& options) {
  fmt::print("target: {} (profile {})\n\n", report::one_line(target),
             report::one_line(options.profile));
  for (const probe::Fact& fact : result.facts) {
    fmt::print("  {:<26} {}\n", fact.label, report::one_line(fact.says));
  }
}

void write_profile(const Profile& profile, const std::string& target, const Options& options) {
  const std::string head =
      fmt::format("# Written by e3 probe, for {}.\n", report::one_line(target));
  write_output(options.written_profile, head + profile_text(profile));
}

}  // namespace

void add_probe_command(CommandSyntax& app, Options& options) {
  CommandSyntax probe =
      app.add_command("probe", "Find out what a server does and where its limits are");
  probe.footer(kExamples);
  add_target(probe, options);
  probe.add_duration(
      "--wait", {{"ms", 1}, {"s", 1000}, {"min", 60'000}},
      [&options](std::int64_t wait) { options.wait = std::chrono::milliseconds(wait); },
      "How long to wait for time-outs, all at once [10s; 10min in virtual time]");
  probe.add_flag("--json", options.as_json, "As JSON");
  probe
      .add_option("--write-profile", options.written_profile,
                  "Write a profile for e3 run --profile, with what was learned")
      .type_name("FILE.toml")
      .check([](const std::string& path) {
        return path.ends_with(".toml") ? "" : "the name must end in .toml";
      });
  probe.when_chosen([&] { options.command = Command::kProbe; });
}

ExitCode probe(const Options& options, const MakeTarget& make_target) {
  return guarded([&] {
    const Profile& profile = load_profile(options.profile);
    Transcript transcript;
    catch_interrupts();
    const std::unique_ptr<WorldSource> source = make_source(options, make_target, transcript);
    try {
      const probe::Result result =
          probe::probe(*source, profile, {.seed = options.seed, .wait = options.wait});
      const std::string target = source->description();
      if (!options.written_profile.empty()) write_profile(result.profile, target, options);
      options.as_json ? print_json(result, target, options) : print_table(result, target, options);
      return ExitCode::kAsExpected;
    } catch (const ControlFailed& failed) {
      complain(fmt::format("{}; is {} the right --profile?", failed.why, options.profile));
      return ExitCode::kConformanceFailure;
    }
  });
}

}  // namespace e3::cli
