// SPDX-License-Identifier: MIT
// What a program's command line looks like: its commands, their options, and where values go. It
// hides CLI11, whose header costs each file that includes it seconds to compile.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace e3::cli {

// What is wrong with a word, or nothing.
using Complaint = std::function<std::string(const std::string& word)>;

// One option while it is described; it belongs to its command.
class OptionSyntax {
 public:
  explicit OptionSyntax(CLI::Option& option) : option_(&option) {}

  OptionSyntax& type_name(const std::string& name);
  OptionSyntax& required();
  OptionSyntax& expected(int count);
  OptionSyntax& one_value_each_time();  // a word behind it is not another value
  OptionSyntax& shows_default();
  OptionSyntax& hidden();
  OptionSyntax& may_be_empty();  // of what stands in a variable
  OptionSyntax& excludes(const OptionSyntax& other);
  OptionSyntax& needs(const OptionSyntax& other);

  OptionSyntax& one_of(const std::vector<std::string>& words);
  OptionSyntax& within(std::int64_t least, std::int64_t most);
  OptionSyntax& check(const Complaint& complaint_about);
  // For an option without a variable. The complaint, if any, is shown with the word.
  OptionSyntax& take(const Complaint& take_word);

 private:
  CLI::Option* option_;
};

// One command while it is described; it belongs to its program.
class CommandSyntax {
 public:
  explicit CommandSyntax(CLI::App& app) : app_(&app) {}

  void footer(const std::string& text);
  void when_chosen(const std::function<void()>& then);

  CommandSyntax add_command(const std::string& name, const std::string& help);
  bool has_command(std::string_view name) const;

  // For the kinds of Value that are named in syntax.cpp. An empty word is refused, unless it
  // may_be_empty().
  template <typename Value>
  OptionSyntax add_option(const std::string& name, Value& value, const std::string& help);
  OptionSyntax add_option(const std::string& name, const std::string& help);
  OptionSyntax add_flag(const std::string& name, bool& value, const std::string& help);
  // A number and a unit, without a space; `take` gets their product, which is above 0.
  OptionSyntax add_duration(const std::string& name,
                            const std::map<std::string, std::int64_t>& units,
                            const std::function<void(std::int64_t)>& take, const std::string& help);

 protected:
  CLI::App* app_;
};

// What is known of an option and a command once they are described.
struct OptionWords {
  std::vector<std::string> short_names;  // without dashes
  std::vector<std::string> long_names;
  std::string help;
  std::string type;  // with what one_of() allows behind it: "NAME:{auto,sim}"
  bool takes_value = false;
};
struct CommandWords {
  std::string name;
  std::string help;
  std::vector<OptionWords> options;
};

// A command line that was not understood: the message says why.
struct SyntaxError {
  std::string message;
};

class ProgramSyntax : public CommandSyntax {
 public:
  ProgramSyntax(const std::string& name, const std::string& help);
  ~ProgramSyntax();
  ProgramSyntax(const ProgramSyntax&) = delete;
  ProgramSyntax& operator=(const ProgramSyntax&) = delete;

  void version(const std::string& text);
  void require_command();
  // False when help or the version was asked for, and has been printed. Throws SyntaxError.
  bool parse(int argc, const char* const* argv);
  std::vector<CommandWords> commands() const;

 private:
  explicit ProgramSyntax(std::unique_ptr<CLI::App> app);

  std::unique_ptr<CLI::App> owned_;
};

}  // namespace e3::cli
