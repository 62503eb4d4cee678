// SPDX-License-Identifier: MIT
#include "harness/cli/selftest_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/checks/catalogue.h"
#include "harness/cli/color.h"
#include "harness/cli/make_source.h"
#include "harness/cli/syntax.h"
#include "harness/selftest/examine.h"
#include "harness/world/interrupt.h"

namespace e3::cli {
namespace {

using selftest::Finding;
using selftest::Kind;
using selftest::Specimen;

constexpr const char* kExamples = R"(
Examples:
  e3 selftest                                    every server, in the simulated kernel
  e3 selftest --engine socketpair 'dies-*'       some of them, on the running kernel's sockets
  e3 selftest --engine program                   each as a program of its own, over TCP
  e3 selftest --list                             the servers, and what must be found in each
  e3 selftest -x accept.burst                    fails: nothing finds what that check is for

Exit status: 0 all is found, 1 something is not, 2 bad usage, 5 nothing selected,
130 interrupted.
)";

constexpr const char* kAsPrograms = "program";

struct Tally {
  std::size_t right = 0;
  std::size_t total = 0;
};

struct Tallies {
  Tally mutants, nulls, correct;
  std::size_t not_shown = 0;
};

std::vector<const Specimen*> selected(const Options& options) {
  std::vector<const Specimen*> chosen;
  for (const std::string& word : options.selection) {
    const auto& all = selftest::specimens();
    if (std::none_of(all.begin(), all.end(),
                     [&](const Specimen& each) { return selects(word, each.name); })) {
      throw NothingSelected{
          fmt::format("no server matches '{}'; e3 selftest --list shows them all", word)};
    }
  }
  for (const Specimen& each : selftest::specimens()) {
    const auto& words = options.selection;
    if (words.empty() || std::any_of(words.begin(), words.end(), [&](const std::string& word) {
          return selects(word, each.name);
        })) {
      chosen.push_back(&each);
    }
  }
  return chosen;
}

std::string expectation_of(const Specimen& specimen) {
  if (specimen.kind == Kind::kCorrect) return "passes everything";
  std::vector<std::string> parts;
  if (specimen.kind == Kind::kNull) parts.emplace_back("passes nothing");
  for (const selftest::Kill& kill : specimen.kills) {
    parts.push_back(fmt::format("{} by {}", kill.cause, kill.case_id));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

// Nothing is wrong with it, but this engine can show nothing that would tell.
bool is_untested(const Specimen& specimen, const Finding& finding) {
  return specimen.kind == Kind::kMutant && finding.is_right() && finding.found.empty();
}

std::string outcome_of(const Specimen& specimen, const Finding& finding) {
  if (!finding.is_right()) return fmt::format("{}", fmt::join(finding.wrong, "; "));
  if (is_untested(specimen, finding)) {
    return fmt::format("this engine cannot show {}", fmt::join(finding.not_shown, ", "));
  }
  std::vector<std::string> parts;
  const std::size_t shown = finding.run - std::min(finding.run, finding.not_shown.size());
  if (specimen.kind == Kind::kCorrect) parts.push_back(fmt::format("passed all of {}", shown));
  if (specimen.kind == Kind::kNull) parts.push_back(fmt::format("passed none of {}", shown));
  for (const auto& [cause, cases] : finding.found) {
    parts.push_back(fmt::format("{} by {}", cause, fmt::join(cases, ", ")));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

void count(const Specimen& specimen, const Finding& finding, Tallies& tallies) {
  if (is_untested(specimen, finding)) {
    ++tallies.not_shown;
    return;
  }
  Tally& tally = specimen.kind == Kind::kMutant ? tallies.mutants
                 : specimen.kind == Kind::kNull ? tallies.nulls
                                                : tallies.correct;
  ++tally.total;
  if (finding.is_right()) ++tally.right;
}

std::string summary_of(const Tallies& tallies) {
  std::vector<std::string> parts;
  const auto add = [&](const Tally& tally, std::string_view what) {
    if (tally.total > 0)
      parts.push_back(fmt::format("{} of {} {}", tally.right, tally.total, what));
  };
  add(tallies.mutants, "mutants found");
  add(tallies.nulls, "null servers passed nothing");
  add(tallies.correct, "correct servers passed everything");
  if (tallies.not_shown > 0) {
    parts.push_back(fmt::format("{} that this engine cannot show", tallies.not_shown));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

nlohmann::json to_json(const Specimen& specimen, const Finding& finding) {
  return {{"name", specimen.name},         {"kind", to_string(specimen.kind)},
          {"right", finding.is_right()},   {"cases", finding.run},
          {"found", finding.found},        {"wrong", finding.wrong},
          {"not_shown", finding.not_shown}};
}

void show(const Specimen& specimen, const Finding& finding, bool color) {
  const bool untested = is_untested(specimen, finding);
  const std::string word = fmt::format("{:<6}", untested             ? "skip"
                                                : finding.is_right() ? "ok"
                                                                     : "WRONG");
  const std::string_view shade = untested ? kDim : finding.is_right() ? kGreen : kRed;
  fmt::print("{} {:<28} {}\n", color ? painted(word, shade) : word, specimen.name,
             outcome_of(specimen, finding));
  std::fflush(stdout);
}

selftest::ExamineOptions how_to_examine(const Options& options) {
  selftest::ExamineOptions how{.seed = options.seed, .exclude = options.exclude};
  if (options.engine == kAsPrograms) {
    how.program = "/proc/self/exe selftest {server} --serve {port}";
  } else {
    how.engine = engine_of(options);
  }
  return how;
}

}  // namespace

void add_selftest_command(CommandSyntax& app, Options& options) {
  CommandSyntax selftest = app.add_command(
      "selftest", "Show that this e3 finds what it must, on servers whose bugs are known");
  selftest.footer(kExamples);
  selftest.add_option("servers", options.selection, "Only these servers (name or glob)")
      .type_name("[SERVER...]");
  selftest.add_flag("--list", options.list_only, "List the servers; run nothing");
  selftest.add_option("--engine", options.engine, "sim, socketpair, tcp or program [sim]")
      .one_of({"sim", "socketpair", "tcp", kAsPrograms})
      .type_name("NAME");
  selftest.add_option("--seed", options.seed, "Seed of every random choice").shows_default();
  selftest.add_option("-x,--exclude", options.exclude, "Run as if this check did not exist")
      .type_name("CHECK")
      .one_value_each_time();
  selftest.add_flag("--json", options.as_json, "As JSON");
  selftest.add_option("--serve", options.served_port, "Be the one server chosen, on this port")
      .type_name("PORT")
      .hidden();  // what --engine program starts
  add_color_option(selftest, options.color);
  selftest.when_chosen([&] { options.command = Command::kSelftest; });
}

ExitCode selftest(const Options& options) {
  const std::vector<const Specimen*> chosen = selected(options);
  require_matches(options.exclude);
  if (options.served_port != 0) {
    chosen.front()->serve(options.served_port);
    return ExitCode::kAsExpected;
  }
  if (options.list_only) {
    for (const Specimen* each : chosen) {
      fmt::print("{:<28} {:<8} {}\n", each->name, to_string(each->kind), expectation_of(*each));
    }
    return ExitCode::kAsExpected;
  }
  const selftest::ExamineOptions how = how_to_examine(options);
  const std::string_view engine = how.program.empty() ? to_string(how.engine) : kAsPrograms;
  const bool color = wants_color(options.color, stdout);
  catch_interrupts();
  Tallies tallies;
  bool all_right = true;
  nlohmann::json servers = nlohmann::json::array();
  for (const Specimen* each : chosen) {
    throw_if_interrupted();
    const Finding finding = examine(*each, how);
    all_right = all_right && finding.is_right();
    count(*each, finding, tallies);
    options.as_json ? servers.push_back(to_json(*each, finding)) : show(*each, finding, color);
  }
  if (options.as_json) {
    fmt::print("{}\n", nlohmann::json{{"engine", engine},
                                      {"seed", options.seed},
                                      {"right", all_right},
                                      {"summary", summary_of(tallies)},
                                      {"servers", servers}}
                           .dump(2));
  } else {
    fmt::print("e3 selftest: {}  engine={} seed={}\n", summary_of(tallies), engine, options.seed);
  }
  return all_right ? ExitCode::kAsExpected : ExitCode::kConformanceFailure;
}

}  // namespace e3::cli
