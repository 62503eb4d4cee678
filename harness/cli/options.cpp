// SPDX-License-Identifier: MIT
#include "harness/cli/options.h"
#include "harness/cli/bench.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/completion.h"
#include "harness/cli/explore_commands.h"
#include "harness/cli/fuzz_command.h"
#include "harness/cli/judging_options.h"
#include "harness/cli/make_source.h"
#include "harness/cli/probe_command.h"
#include "harness/cli/report_options.h"
#include "harness/cli/scenario_commands.h"
#include "harness/cli/selftest_command.h"
#include "harness/cli/shipped_files.h"
#include "harness/cli/syntax.h"

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
became ready or went away, 4 internal error or output lost, 5 nothing selected,
130 interrupted.
)";

constexpr const char* kCompareExamples = R"(
Example:
  e3 compare main.json branch.json --report html=changes.html

Exit status: 0 nothing is newly failing, 1 something is or the second run was cut short,
2 bad usage.
)";

// `words`: checks, and at most one HOST:PORT.
void add_run(CommandSyntax& app, Options& options, std::vector<std::string>& words) {
  CommandSyntax run = app.add_command("run", "Run checks against a server");
  run.footer(kRunExamples);
  run.add_option("what", words, "Checks (id, family or glob), and HOST:PORT of a server")
      .type_name("[CHECK...] [HOST:PORT]");
  run.add_option("--spawn", options.spawn, "Start this program; {port} stands for its port")
      .type_name("CMD");
  add_preload(run, options);
  run.add_option("--port", options.port, "The port that the spawned program listens on")
      .within(1, 65535);
  run.add_option("--engine", options.engine, "auto, sim, socketpair or tcp")
      .one_of({"auto", "sim", "socketpair", "tcp"})
      .type_name("NAME");
  run.add_option(
         "--profile", options.profile,
         "What to say to the server: http, hello, echo, redis, memcached, smtp or FILE.toml "
         "(see: e3 explain profile)")
      .type_name("NAME");
  // One value each: a word behind it is a check or a server.
  run.add_option("-x,--exclude", options.exclude, "Leave these checks out")
      .type_name("CHECK")
      .one_value_each_time();
  run.add_flag("-f,--fail-fast", options.fail_fast, "Stop at the first failing check");
  run.add_option("--seed", options.seed, "Seed of every random choice").shows_default();
  add_timeouts(run, options, "2s");
  run.add_flag("--allow-remote", options.allow_remote,
               "Allow HOST:PORT to be another machine that you may test");
  add_judging_options(run, options);
  add_report_options(run, options);
  run.when_chosen([&options] { options.command = Command::kRun; });
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
  if (options.spawn.empty() && options.port != 0) {
    throw UsageError{fmt::format(
        "--port is of a program that e3 starts: --spawn CMD; a server that already runs is "
        "127.0.0.1:{}",
        options.port)};
  }
  if (options.spawn.empty() && options.ready_timeout) {
    throw UsageError{"--ready-timeout is of a program that e3 starts: --spawn CMD"};
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

void sort_out(Options& options, const std::vector<std::string>& words) {
  std::vector<std::string> reports = options.report_words;
  for (const std::string& word : words) {
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
}

void add_compare(CommandSyntax& app, Options& options) {
  CommandSyntax compare = app.add_command("compare", "Show what changed between two runs");
  compare.footer(kCompareExamples);
  compare.add_option("reports", options.compared, "Two reports that --report json=PATH wrote")
      .type_name("FIRST.json SECOND.json")
      .required()
      .expected(2);
  compare.add_option("--report", options.report_words, "Write the comparison as a page")
      .type_name("html=PATH")
      .one_value_each_time();
  compare.when_chosen([&options] { options.command = Command::kCompare; });
}

void add_completion(CommandSyntax& app, std::string& shell) {
  CommandSyntax completion =
      app.add_command("completion", "Print a script that completes e3's command line");
  completion.footer("\nExample:\n  source <(e3 completion bash)\n");
  completion.add_option("shell", shell, "bash, zsh or fish")
      .required()
      .one_of({"bash", "zsh", "fish"})
      .type_name("SHELL");
}

// Those that are about the checks themselves.
void add_list_and_explain(CommandSyntax& app, Options& options) {
  CommandSyntax list = app.add_command("list", "List the checks");
  list.footer("\nExamples:\n  e3 list\n  e3 list --json\n");
  list.add_flag("--json", options.as_json, "As JSON, with levels and each case by itself");
  list.when_chosen([&options] { options.command = Command::kList; });
  CommandSyntax explain =
      app.add_command("explain",
                      "Say what a check does and why, what a cause means, or what a "
                      "profile or a scenario is");
  explain.footer(
      "\nExamples:\n  e3 explain read.split.every-offset\n  e3 explain 'http.host[missing]'\n"
      "  e3 explain eof-spin\n  e3 explain profile\n");
  explain.add_option("id", options.subject, "A check, a cause, 'profile' or 'scenario'").required();
  explain.when_chosen([&options] { options.command = Command::kExplain; });
}

// Of words that it does not know, the library would only say that a command is missing.
void refuse_unknown_beginning(const ProgramSyntax& app, std::string_view word) {
  const bool named = !word.starts_with('-');
  if (named && !app.has_command(word)) {
    throw UsageError{fmt::format("there is no command '{}'; e3 --help lists them", word)};
  }
  if (named || word == "-" || word == "-h" || word == "--help" || word == "--version") return;
  throw UsageError{fmt::format("there is no option {} before a command (see e3 --help)", word)};
}

}  // namespace

Options parse_command_line(int argc, char** argv, const std::string& profile) {
  Options options;
  options.profile = profile;
  if (argc > 0) options.program = argv[0];
  std::vector<std::string> words;
  std::string shell;
  ProgramSyntax app(
      "e3", "e3 finds out what an epoll server does when its peers and its kernel misbehave.");
  app.footer("\nExamples:\n  e3 run\n  e3 list\n  e3 explain read.split.every-offset\n");
  app.version(std::string("e3 ") + E3_VERSION);
  app.require_command();
  add_run(app, options, words);
  add_list_and_explain(app, options);
  add_scenario_commands(app, options);
  add_explore_commands(app, options);
  add_fuzz_command(app, options);
  add_probe_command(app, options);
  add_selftest_command(app, options);
  add_compare(app, options);
  add_completion(app, shell);
  const std::string_view command = argc > 1 ? argv[1] : "-";
  const bool named = !command.starts_with('-');
  refuse_unknown_beginning(app, command);
  try {
    if (!app.parse(argc, argv)) return options;
  } catch (const SyntaxError& error) {
    throw UsageError{fmt::format("{} (see e3{}{} --help)", error.message, named ? " " : "",
                                 named ? command : "")};
  }
  if (options.command == Command::kCompare) {
    for (const std::string& report : options.report_words) {
      options.reports.push_back(parse_report(report));
    }
  }
  if (!shell.empty()) fmt::print("{}", completion_script(app.commands(), shell));
  if (options.command != Command::kNone) options.profile = profile_word(options.profile);
  if (options.command == Command::kRun) sort_out(options, words);
  check_target(options);
  return options;
}

}  // namespace e3::cli
