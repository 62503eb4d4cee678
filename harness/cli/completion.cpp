// SPDX-License-Identifier: MIT
#include "harness/cli/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "harness/checks/profile.h"
#include "harness/report/formats.h"

namespace e3::cli {
namespace {

// Whatever CLI11 hands out, in order.
std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<const CLI::Option*> named_options(const CLI::App& command) {
  return command.get_options([](const CLI::Option* option) { return option->nonpositional(); });
}

std::vector<std::string> words_of(const CLI::Option& option) {
  std::vector<std::string> words;
  for (const std::string& name : option.get_snames()) words.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) words.push_back("--" + name);
  return words;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

// CLI11 writes what IsMember() allows behind the type: "NAME:{auto,sim}".
std::vector<std::string> values_of(const CLI::Option& option) {
  std::vector<std::string> values;
  if (option.check_lname("report")) {
    for (const report::Format& format : report::formats()) {
      values.push_back(fmt::format("{}=", format.name));
    }
    return values;
  }
  if (option.check_lname("profile")) {
    for (const Profile& profile : profiles()) values.push_back(profile.name);
    return values;
  }
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}', open);
  if (open == type.npos || close == type.npos) return values;
  for (std::size_t at = open + 1; at < close;) {
    const std::size_t end = std::min(type.find(',', at), close);
    values.push_back(type.substr(at, end - at));
    at = end + 1;
  }
  return values;
}

// The command that lists what a command may be about: a line each, beginning with its name. Empty
// where nothing does.
std::string_view lister_of(const CLI::App& command) {
  if (command.get_name() == "selftest") return "e3 selftest --list";
  return command.get_name() == "run" || command.get_name() == "explain" ? "e3 list" : "";
}

// In single quotes, for all three shells.
std::string shell_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
  return result + "'";
}

std::string bash_script(const CLI::App& app) {
  std::vector<std::string> names;
  std::string cases;
  for (const CLI::App* command : commands_of(app)) {
    names.push_back(command->get_name());
    std::vector<std::string> words;
    std::string values;
    for (const CLI::Option* option : named_options(*command)) {
      const std::vector<std::string> own = words_of(*option);
      words.insert(words.end(), own.begin(), own.end());
      if (!takes_value(*option)) continue;
      const std::vector<std::string> allowed = values_of(*option);
      const std::string offer =
          allowed.empty() ? "compgen -f -- \"$word\""
                          : fmt::format("compgen -W {} -- \"$word\"",
                                        shell_quoted(fmt::format("{}", fmt::join(allowed, " "))));
      values +=
          fmt::format("        {}) COMPREPLY=($({})); return ;;\n", fmt::join(own, "|"), offer);
    }
    const std::string_view lister = lister_of(*command);
    cases += fmt::format(
        "    {})\n      case $before in\n{}      esac\n      COMPREPLY=($(compgen -W \"{}{}\" -- "
        "\"$word\"))\n      ;;\n",
        command->get_name(), values, fmt::join(words, " "),
        lister.empty() ? "" : fmt::format(" $({} 2>/dev/null | cut -d' ' -f1)", lister));
  }
  return fmt::format(
      "# Completion of e3 for bash; made by `e3 completion bash`.\n"
      "_e3() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    COMPREPLY=($(compgen -W '{} --help --version' -- \"$word\"))\n    return\n  fi\n"
      "  case ${{COMP_WORDS[1]}} in\n{}  esac\n}}\n"
      "complete -o nospace -o default -F _e3 e3\n",
      fmt::join(names, " "), cases);
}

// A description inside of zsh's brackets.
std::string bracketed(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_script(const CLI::App& app) {
  std::string names;
  std::string cases;
  for (const CLI::App* command : commands_of(app)) {
    names += "    " +
             shell_quoted(fmt::format("{}:{}", command->get_name(), command->get_description())) +
             "\n";
    cases += fmt::format("    {})\n      _arguments -s", command->get_name());
    for (const CLI::Option* option : named_options(*command)) {
      const std::vector<std::string> allowed = values_of(*option);
      const std::string value = !takes_value(*option) ? ""
                                : allowed.empty()
                                    ? ":value:_files"
                                    : fmt::format(":value:({})", fmt::join(allowed, " "));
      for (const std::string& word : words_of(*option)) {
        cases +=
            " \\\n        " + shell_quoted(fmt::format(
                                  "*{}[{}]{}", word, bracketed(option->get_description()), value));
      }
    }
    if (const std::string_view lister = lister_of(*command); !lister.empty()) {
      cases +=
          fmt::format(" \\\n        '*:subject:($({} 2>/dev/null | cut -d\" \" -f1))'", lister);
    }
    cases += "\n      ;;\n";
  }
  return fmt::format(
      "#compdef e3\n# Completion of e3 for zsh; made by `e3 completion zsh`.\n"
      "_e3() {{\n  local -a commands=(\n{}  )\n"
      "  if ((CURRENT == 2)); then\n    _describe command commands\n    return\n  fi\n"
      "  local command=$words[2]\n  shift words\n  ((CURRENT--))\n"
      "  case $command in\n{}  esac\n}}\n_e3 \"$@\"\n",
      names, cases);
}

std::string fish_script(const CLI::App& app) {
  std::string lines = "# Completion of e3 for fish; made by `e3 completion fish`.\n";
  for (const CLI::App* command : commands_of(app)) {
    const std::string name = command->get_name();
    lines += fmt::format("complete -c e3 -f -n __fish_use_subcommand -a {} -d {}\n", name,
                         shell_quoted(command->get_description()));
    const std::string when = fmt::format("-n '__fish_seen_subcommand_from {}'", name);
    for (const CLI::Option* option : named_options(*command)) {
      std::string line = fmt::format("complete -c e3 {}", when);
      for (const std::string& word : option->get_snames()) line += " -s " + word;
      for (const std::string& word : option->get_lnames()) line += " -l " + word;
      const std::vector<std::string> allowed = values_of(*option);
      if (takes_value(*option)) line += " -r";
      if (!allowed.empty()) {
        line += fmt::format(" -f -a {}", shell_quoted(fmt::format("{}", fmt::join(allowed, " "))));
      }
      lines += fmt::format("{} -d {}\n", line, shell_quoted(option->get_description()));
    }
    if (const std::string_view lister = lister_of(*command); !lister.empty()) {
      lines += fmt::format("complete -c e3 -f {} -a \"({} 2>/dev/null | cut -d' ' -f1)\"\n", when,
                           lister);
    }
  }
  return lines;
}

}  // namespace

std::string completion_script(const CLI::App& app, std::string_view shell) {
  if (shell == "bash") return bash_script(app);
  return shell == "zsh" ? zsh_script(app) : fish_script(app);
}

}  // namespace e3::cli
