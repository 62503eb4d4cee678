// SPDX-License-Identifier: MIT
#include "harness/cli/syntax.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace e3::cli {
namespace {

constexpr const char* kNotEmpty = "not empty";

// In the smallest unit: what every clock and poll(2) can take.
constexpr std::int64_t kDurationMax = std::numeric_limits<std::int32_t>::max();

// An empty word is an unset variable of some script. Taken for "not given", it would test another
// server than the one that was meant, or leave a bound out.
std::string complaint_about_empty(const std::string& word) {
  return word.empty() ? "the value is empty; give one, or leave the option out" : "";
}

// What strtoull takes for one: a sign wraps around, and what is too large becomes the largest.
std::string complaint_about_number(const std::string& word) {
  errno = 0;
  std::ignore = std::strtoull(word.c_str(), nullptr, 0);
  const bool fits = errno != ERANGE && word.find('-') == word.npos;
  return fits ? "" : word + " is not in the range from 0 to 18446744073709551615";
}

// The library takes 010 for 8, a reader for 10.
std::string complaint_about_octal(const std::string& word) {
  const bool is_octal = word.size() > 1 && word[0] == '0' && word[1] >= '0' && word[1] <= '9';
  return is_octal ? word + " begins with 0; write the number without it" : "";
}

}  // namespace

OptionSyntax& OptionSyntax::type_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}

OptionSyntax& OptionSyntax::required() {
  option_->required();
  return *this;
}

OptionSyntax& OptionSyntax::expected(int count) {
  option_->expected(count);
  return *this;
}

OptionSyntax& OptionSyntax::one_value_each_time() {
  option_->allow_extra_args(false);
  return *this;
}

OptionSyntax& OptionSyntax::shows_default() {
  option_->capture_default_str();
  return *this;
}

OptionSyntax& OptionSyntax::hidden() {
  option_->group("");
  return *this;
}

OptionSyntax& OptionSyntax::excludes(const OptionSyntax& other) {
  option_->excludes(other.option_);
  return *this;
}

OptionSyntax& OptionSyntax::needs(const OptionSyntax& other) {
  option_->needs(other.option_);
  return *this;
}

OptionSyntax& OptionSyntax::may_be_empty() {
  option_->get_validator(kNotEmpty)->active(false);
  return *this;
}

OptionSyntax& OptionSyntax::one_of(const std::vector<std::string>& words) {
  option_->check(CLI::IsMember(words));
  return *this;
}

OptionSyntax& OptionSyntax::within(std::int64_t least, std::int64_t most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

OptionSyntax& OptionSyntax::check(const Complaint& complaint_about) {
  option_->check(complaint_about);
  return *this;
}

OptionSyntax& OptionSyntax::take(const Complaint& take_word) {
  option_->each([take_word, name = option_->get_name()](const std::string& word) {
    const std::string complaint = take_word(word);
    if (!complaint.empty()) throw CLI::ValidationError(name + " " + word, complaint);
  });
  return *this;
}

void CommandSyntax::footer(const std::string& text) { app_->footer(text); }

void CommandSyntax::when_chosen(const std::function<void()>& then) { app_->callback(then); }

CommandSyntax CommandSyntax::add_command(const std::string& name, const std::string& help) {
  return CommandSyntax(*app_->add_subcommand(name, help));
}

bool CommandSyntax::has_command(std::string_view name) const {
  return !app_->get_subcommands([&](const CLI::App* each) { return each->get_name() == name; })
              .empty();
}

template <typename Value>
OptionSyntax CommandSyntax::add_option(const std::string& name, Value& value,
                                       const std::string& help) {
  CLI::Option* option = app_->add_option(name, value, help);
  option->check(complaint_about_empty, "", kNotEmpty);
  if constexpr (std::is_same_v<Value, std::uint64_t>) {
    option->check(Complaint{complaint_about_number});
  }
  if constexpr (std::is_integral_v<Value>) option->check(Complaint{complaint_about_octal});
  return OptionSyntax(*option);
}
template OptionSyntax CommandSyntax::add_option(const std::string&, std::string&,
                                                const std::string&);
template OptionSyntax CommandSyntax::add_option(const std::string&, std::vector<std::string>&,
                                                const std::string&);
template OptionSyntax CommandSyntax::add_option(const std::string&, int&, const std::string&);
template OptionSyntax CommandSyntax::add_option(const std::string&, std::uint16_t&,
                                                const std::string&);
template OptionSyntax CommandSyntax::add_option(const std::string&, std::int64_t&,
                                                const std::string&);
template OptionSyntax CommandSyntax::add_option(const std::string&, std::uint64_t&,
                                                const std::string&);

OptionSyntax CommandSyntax::add_option(const std::string& name, const std::string& help) {
  return OptionSyntax(*app_->add_option(name, help));
}

OptionSyntax CommandSyntax::add_flag(const std::string& name, bool& value,
                                     const std::string& help) {
  return OptionSyntax(*app_->add_flag(name, value, help));
}

OptionSyntax CommandSyntax::add_duration(const std::string& name,
                                         const std::map<std::string, std::int64_t>& units,
                                         const std::function<void(std::int64_t)>& take,
                                         const std::string& help) {
  const auto take_positive = [take, name](std::int64_t value) {
    if (value <= 0 || value > kDurationMax) {
      throw CLI::ValidationError(name, "the time must be longer than 0, and shorter than 24 days");
    }
    take(value);
  };
  return OptionSyntax(
      *app_->add_option_function<std::int64_t>(name, take_positive, help)
           ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::UNIT_REQUIRED, "TIME"))
           ->type_name("TIME"));
}

ProgramSyntax::ProgramSyntax(const std::string& name, const std::string& help)
    : ProgramSyntax(std::make_unique<CLI::App>(help, name)) {}

ProgramSyntax::ProgramSyntax(std::unique_ptr<CLI::App> app)
    : CommandSyntax(*app), owned_(std::move(app)) {}

ProgramSyntax::~ProgramSyntax() = default;

void ProgramSyntax::version(const std::string& text) { app_->set_version_flag("--version", text); }

void ProgramSyntax::require_command() { app_->require_subcommand(1); }

bool ProgramSyntax::parse(int argc, const char* const* argv) {
  try {
    app_->parse(argc, argv);
    return true;
  } catch (const CLI::Success& asked) {
    app_->exit(asked);
    return false;
  } catch (const CLI::ParseError& error) {
    throw SyntaxError{error.what()};
  }
}

std::vector<CommandWords> ProgramSyntax::commands() const {
  std::vector<CommandWords> commands;
  const CLI::App& app = *app_;
  for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; })) {
    CommandWords command{each->get_name(), each->get_description(), {}};
    const auto is_named = [](const CLI::Option* option) { return option->nonpositional(); };
    for (const CLI::Option* option : each->get_options(is_named)) {
      command.options.push_back({.short_names = option->get_snames(),
                                 .long_names = option->get_lnames(),
                                 .help = option->get_description(),
                                 .type = option->get_type_name(),
                                 .takes_value = option->get_items_expected_max() > 0});
    }
    commands.push_back(std::move(command));
  }
  return commands;
}

}  // namespace e3::cli
