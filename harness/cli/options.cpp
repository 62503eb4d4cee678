// SPDX-License-Identifier: MIT
#include "harness/cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "harness/checks/profile.h"
#include "harness/cli/completion.h"
#include "harness/cli/explore_commands.h"
#include "harness/cli/fuzz_command.h"
#include "harness/cli/judging_options.h"
#include "harness/cli/probe_command.h"
#include "harness/cli/report_options.h"
#include "harness/cli/scenario_commands.h"
#include "harness/cli/selftest_command.h"

namespace e3::cli {
namespace {

constexpr const char* kRunExamples = R"(
Examples:
  e3 run                                         the shipped server, in process
  e3 run --spawn './my-server --port {port}'     your server, started and stopped by e3
  e3 run --preload --spawn 'nginx -c my.conf'    unmodified, in the simulated kernel
  e3 run 127.0.0.1:8080                          a server that already runs
  e3 run read.split 'close.*' -x '*.reset'       some checks only
  e3 run --report junit=e3.xml --report json=e3.json
  e3 run --repeat 100 --until-fail 127.0.0.1:8080      does it ever fail?
  e3 run --rerun-failed e3.json 127.0.0.1:8080         only what failed before

Exit status: 0 all as expected, 1 a check failed, 2 bad usage, 3 the target never
became ready or went away, 4 internal error, 5 nothing selected, 130 interrupted.
)";

constexpr const char* kCompareExamples = R"(
Example:
  e3 compare main.json branch.json --report html=changes.html

Exit status: 0 nothing is newly failing, 1 something is, 2 bad usage.
)";

// What CLI11 fills in before it is sorted out.
struct Raw {
  std::vector<std::string> words;  // checks, and at most one HOST:PORT
  std::int64_t timeout_ms = 2000;
  std::int64_t ready_timeout_ms = 10'000;
};

CLI::Option* add_duration(CLI::App& app, const std::string& name, std::int64_t& value,
                          const std::string& help) {
  const std::map<std::string, std::int64_t> units{{"ms", 1}, {"s", 1000}};
  return app.add_option(name, value, help)
      ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::UNIT_REQUIRED, "TIME"))
      ->type_name("TIME");
}

// What is wrong with the word, or nothing.
std::string complaint_about_profile(const std::string& word) {
  try {
    load_profile(word);
    return {};
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

CLI::App& add_run(CLI::App& app, Options& options, Raw& raw) {
  CLI::App& run = *app.add_subcommand("run", "Run checks against a server");
  run.footer(kRunExamples);
  run.add_option("what", raw.words, "Checks (id, family or glob), and HOST:PORT of a server")
      ->type_name("[CHECK...] [HOST:PORT]");
  run.add_option("--spawn", options.spawn, "Start this program; {port} stands for its port")
      ->type_name("CMD");
  run.add_flag("--preload", options.preload,
               "Run the spawned program, unmodified, in the simulated kernel");
  run.add_option("--port", options.port, "The port that the spawned program listens on")
      ->check(CLI::Range(1, 65535));
  run.add_option("--engine", options.engine, "auto, sim, socketpair or tcp")
      ->check(CLI::IsMember({"auto", "sim", "socketpair", "tcp"}))
      ->type_name("NAME");
  run.add_option("--profile", options.profile,
                 "What to say to the server: http, hello, echo or FILE.toml")
      ->check(complaint_about_profile)
      ->type_name("NAME");
  // One value each: a word behind it is a check or a server.
  run.add_option("-x,--exclude", options.exclude, "Leave these checks out")
      ->type_name("CHECK")
      ->allow_extra_args(false);
  run.add_flag("-f,--fail-fast", options.fail_fast, "Stop at the first failing check");
  run.add_option("--seed", options.seed, "Seed of every random choice")->capture_default_str();
  add_duration(run, "--timeout", raw.timeout_ms, "How long a program may keep a peer waiting [2s]");
  add_duration(run, "--ready-timeout", raw.ready_timeout_ms,
               "How long a program may take to listen [10s]");
  run.add_flag("--allow-remote", options.allow_remote,
               "Allow HOST:PORT to be another machine that you may test");
  add_judging_options(run, options);
  add_report_options(run, options);
  return run;
}

// What names the server must fit together.
void check_target(const Options& options) {
  const bool external = !options.spawn.empty() || !options.endpoint.empty();
  if (!options.spawn.empty() && !options.endpoint.empty()) {
    throw UsageError{"--spawn and HOST:PORT exclude each other; use --port for a fixed port"};
  }
  if (options.preload && options.spawn.empty()) {
    throw UsageError{"--preload needs a program: --spawn CMD"};
  }
  if (options.preload && options.engine != "auto") {
    throw UsageError{"--preload and --engine exclude each other: the program runs in sim"};
  }
  if (!options.spawn.empty() && !options.preload && options.port == 0 &&
      options.spawn.find("{port}") == std::string::npos) {
    throw UsageError{"the --spawn command lacks {port}; add it, or name the port with --port"};
  }
  if (external && options.engine != "auto" && options.engine != "tcp") {
    throw UsageError{
        fmt::format("--engine {} runs linked-in servers only; leave --engine out", options.engine)};
  }
}

void sort_out(Options& options, const Raw& raw) {
  std::vector<std::string> reports = options.report_words;
  for (const std::string& word : raw.words) {
    if (is_report(word)) {
      reports.push_back(word);  // --report junit=A json=B
    } else if (word.find(':') == std::string::npos) {
      options.selection.push_back(word);
    } else if (options.endpoint.empty()) {
      options.endpoint = word;
    } else {
      throw UsageError{
          fmt::format("two servers given: {} and {}; test one at a time", options.endpoint, word)};
    }
  }
  for (const std::string& report : reports) options.reports.push_back(parse_report(report));
  options.timeout = std::chrono::milliseconds(raw.timeout_ms);
  options.ready_timeout = std::chrono::milliseconds(raw.ready_timeout_ms);
}

CLI::App& add_compare(CLI::App& app, Options& options) {
  CLI::App& compare = *app.add_subcommand("compare", "Show what changed between two runs");
  compare.footer(kCompareExamples);
  compare.add_option("reports", options.compared, "Two reports that --report json=PATH wrote")
      ->type_name("FIRST.json SECOND.json")
      ->required()
      ->expected(2);
  compare.add_option("--report", options.report_words, "Write the comparison as a page")
      ->type_name("html=PATH")
      ->allow_extra_args(false);
  return compare;
}

CLI::App& add_completion(CLI::App& app, std::string& shell) {
  CLI::App& completion =
      *app.add_subcommand("completion", "Print a script that completes e3's command line");
  completion.footer("\nExample:\n  source <(e3 completion bash)\n");
  completion.add_option("shell", shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("SHELL");
  return completion;
}

}  // namespace

Options parse_command_line(int argc, char** argv) {
  Options options;
  Raw raw;
  CLI::App app{"e3 finds out what an epoll server does when its peers and its kernel misbehave.",
               "e3"};
  app.footer("\nExamples:\n  e3 run\n  e3 list\n  e3 explain read.split.every-offset\n");
  app.set_version_flag("--version", std::string("e3 ") + E3_VERSION);
  app.require_subcommand(1);
  CLI::App& run = add_run(app, options, raw);
  CLI::App& list = *app.add_subcommand("list", "List the checks");
  list.add_flag("--json", options.as_json, "As JSON");
  CLI::App& explain =
      *app.add_subcommand("explain", "Say what a check does and why, or what a cause means");
  explain.add_option("id", options.subject, "A check or a cause")->required();
  add_scenario_commands(app, options);
  add_explore_commands(app, options);
  add_fuzz_command(app, options);
  add_probe_command(app, options);
  add_selftest_command(app, options);
  CLI::App& compare = add_compare(app, options);
  std::string shell;
  CLI::App& completion = add_completion(app, shell);
  const std::string_view command = argc > 1 ? argv[1] : "-";
  if (!command.starts_with('-') &&
      app.get_subcommands([&](const CLI::App* each) { return each->get_name() == command; })
          .empty()) {
    throw UsageError{fmt::format("there is no command '{}'; e3 --help lists them", command)};
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    app.exit(asked);  // prints the help or the version
    return options;
  } catch (const CLI::ParseError& error) {
    const bool named = argc > 1 && !command.starts_with('-');
    throw UsageError{fmt::format("{} (see e3{}{} --help)", error.what(), named ? " " : "",
                                 named ? command : "")};
  }
  if (run.parsed()) options.command = Command::kRun;
  if (list.parsed()) options.command = Command::kList;
  if (explain.parsed()) options.command = Command::kExplain;
  if (compare.parsed()) {
    options.command = Command::kCompare;
    for (const std::string& report : options.report_words) {
      options.reports.push_back(parse_report(report));
    }
  }
  if (completion.parsed()) fmt::print("{}", completion_script(app, shell));
  if (options.command == Command::kRun) sort_out(options, raw);
  if (options.command == Command::kRun || options.command == Command::kProbe) check_target(options);
  return options;
}

}  // namespace e3::cli
