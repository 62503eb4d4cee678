// SPDX-License-Identifier: MIT
#include "harness/cli/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "harness/cli/shipped_files.h"
#include "harness/report/formats.h"

namespace e3::cli {
namespace {

std::vector<std::string> words_of(const OptionWords& option) {
  std::vector<std::string> words;
  for (const std::string& name : option.short_names) words.push_back("-" + name);
  for (const std::string& name : option.long_names) words.push_back("--" + name);
  return words;
}

bool is_called(const OptionWords& option, std::string_view name) {
  const std::vector<std::string>& names = option.long_names;
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What may be given, where that is known.
std::vector<std::string> values_of(const OptionWords& option) {
  std::vector<std::string> values;
  if (is_called(option, "report")) {
    for (const report::Format& format : report::formats()) {
      values.push_back(fmt::format("{}=", format.name));
    }
    return values;
  }
  if (is_called(option, "profile")) return profile_names();
  const std::string& type = option.type;
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
std::string_view lister_of(const CommandWords& command) {
  if (command.name == "selftest") return "e3 selftest --list";
  return command.name == "run" || command.name == "explain" ? "e3 list" : "";
}

// What a command may be about, for a shell to put in; `blank` is how a quoted one is written there.
std::string subjects_of(const CommandWords& command, std::string_view blank) {
  if (command.name == "completion") return "bash zsh fish";
  const std::string_view lister = lister_of(command);
  if (lister.empty()) return {};
  return fmt::format("$({} 2>/dev/null | cut -d{} -f1)", lister, blank);
}

// In single quotes, for all three shells.
std::string shell_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
  return result + "'";
}

std::string bash_script(const std::vector<CommandWords>& commands) {
  std::vector<std::string> names;
  std::string cases;
  for (const CommandWords& command : commands) {
    names.push_back(command.name);
    std::vector<std::string> words;
    std::string values;
    for (const OptionWords& option : command.options) {
      const std::vector<std::string> own = words_of(option);
      words.insert(words.end(), own.begin(), own.end());
      if (!option.takes_value) continue;
      const std::vector<std::string> allowed = values_of(option);
      const std::string offer =
          allowed.empty() ? "compgen -f -- \"$word\""
                          : fmt::format("compgen -W {} -- \"$word\"",
                                        shell_quoted(fmt::format("{}", fmt::join(allowed, " "))));
      values +=
          fmt::format("        {}) COMPREPLY=($({})); return ;;\n", fmt::join(own, "|"), offer);
    }
    cases += fmt::format(
        "    {})\n      case $before in\n{}      esac\n      COMPREPLY=($(compgen -W \"{} {}\" -- "
        "\"$word\"))\n      ;;\n",
        command.name, values, fmt::join(words, " "), subjects_of(command, "' '"));
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

std::string zsh_script(const std::vector<CommandWords>& commands) {
  std::string names;
  std::string cases;
  for (const CommandWords& command : commands) {
    names += "    " + shell_quoted(fmt::format("{}:{}", command.name, command.help)) + "\n";
    cases += fmt::format("    {})\n      _arguments -s", command.name);
    for (const OptionWords& option : command.options) {
      const std::vector<std::string> allowed = values_of(option);
      const std::string value = !option.takes_value ? ""
                                : allowed.empty()
                                    ? ":value:_files"
                                    : fmt::format(":value:({})", fmt::join(allowed, " "));
      for (const std::string& word : words_of(option)) {
        cases += " \\\n        " +
                 shell_quoted(fmt::format("*{}[{}]{}", word, bracketed(option.help), value));
      }
    }
    if (const std::string subjects = subjects_of(command, "\" \""); !subjects.empty()) {
      cases += fmt::format(" \\\n        '*:subject:({})'", subjects);
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

std::string fish_script(const std::vector<CommandWords>& commands) {
  std::string lines = "# Completion of e3 for fish; made by `e3 completion fish`.\n";
  for (const CommandWords& command : commands) {
    const std::string name = command.name;
    lines += fmt::format("complete -c e3 -f -n __fish_use_subcommand -a {} -d {}\n", name,
                         shell_quoted(command.help));
    const std::string when = fmt::format("-n '__fish_seen_subcommand_from {}'", name);
    for (const OptionWords& option : command.options) {
      std::string line = fmt::format("complete -c e3 {}", when);
      for (const std::string& word : option.short_names) line += " -s " + word;
      for (const std::string& word : option.long_names) line += " -l " + word;
      const std::vector<std::string> allowed = values_of(option);
      if (option.takes_value) line += " -r";
      if (!allowed.empty()) {
        line += fmt::format(" -f -a {}", shell_quoted(fmt::format("{}", fmt::join(allowed, " "))));
      }
      lines += fmt::format("{} -d {}\n", line, shell_quoted(option.help));
    }
    if (std::string subjects = subjects_of(command, "' '"); !subjects.empty()) {
      if (subjects.starts_with('$')) subjects.erase(0, 1);  // fish puts in what ( ) prints
      lines += fmt::format("complete -c e3 -f {} -a \"{}\"\n", when, subjects);
    }
  }
  return lines;
}

}  // namespace

std::string completion_script(const std::vector<CommandWords>& commands, std::string_view shell) {
  if (shell == "bash") return bash_script(commands);
  return shell == "zsh" ? zsh_script(commands) : fish_script(commands);
}

}  // namespace e3::cli
