// SPDX-License-Identifier: MIT
#include "harness/checks/toml_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#define TOML_HEADER_ONLY 1  // NOLINT: how the library is told not to need its shared object
#include <toml++/toml.h>

namespace e3 {
namespace {

// No file of ours is near this; a device or a log given by mistake is.
constexpr std::size_t kLargestFile = 1 << 20;

const toml::table& as_table(const void* table) { return *static_cast<const toml::table*>(table); }

std::string line_of(std::string_view text, std::size_t number) {
  for (; number > 1; --number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  std::string line(text.substr(0, text.find('\n')));
  // What a hostile file holds must not act on the terminal.
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return line;
}

[[noreturn]] void complain(const std::string& name, std::string_view text,
                           const toml::source_position& at, std::string_view message) {
  const std::string line = line_of(text, at.line);
  if (at.line == 0 || line.empty()) {
    throw ConfigurationError(fmt::format("{}: {}", name, message));
  }
  throw ConfigurationError(fmt::format("{}:{}:{}: {}\n  {}\n  {:>{}}", name, at.line, at.column,
                                       message, line, '^', at.column));
}

std::string_view type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::boolean:
      return "a boolean";
    case toml::node_type::date:
      return "a date";
    default:
      return "another type";
  }
}

// Of "82 05": pairs of digits, with or without blanks and line ends between them.
std::optional<std::string> bytes_of_hex(std::string_view text) {
  constexpr std::string_view kBetween = " \t\r\n";
  std::string bytes;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kBetween), text.size()));
    if (text.empty()) return bytes;
    unsigned char byte = 0;
    const std::string_view pair = text.substr(0, 2);
    const auto read = std::from_chars(pair.begin(), pair.end(), byte, 16);
    if (read.ec != std::errc{} || read.ptr != pair.begin() + 2) return std::nullopt;
    bytes += static_cast<char>(byte);
    text.remove_prefix(2);
  }
}

}  // namespace

struct TomlTable::Source {
  std::string name;
  std::string text;
  toml::table root;
};

TomlTable::TomlTable(std::shared_ptr<const Source> source, const void* table)
    : source_(std::move(source)), table_(table) {}

TomlTable TomlTable::read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kLargestFile + 1, '\0');
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad() || (file.fail() && file.gcount() == 0 && !file.eof())) {
    throw ConfigurationError(fmt::format("cannot read {}", path));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kLargestFile) {
    throw ConfigurationError(fmt::format("{} is larger than {} bytes", path, kLargestFile));
  }
  return parse(text, path);
}

TomlTable TomlTable::parse(std::string_view text, const std::string& name) {
  auto source = std::make_shared<Source>();
  source->name = name;
  source->text = text;
  try {
    source->root = toml::parse(source->text, name);
  } catch (const toml::parse_error& error) {
    complain(name, text, error.source().begin, error.description());
  }
  const void* root = &source->root;
  return TomlTable(std::move(source), root);
}

void TomlTable::fail(std::string_view key, const std::string& message) const {
  const toml::node* node = as_table(table_).get(key);
  const toml::source_position at =
      node != nullptr ? node->source().begin : as_table(table_).source().begin;
  complain(source_->name, source_->text, at, message);
}

std::optional<std::string> TomlTable::text(std::string_view key) {
  asked_.emplace(key);
  const toml::node* node = as_table(table_).get(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_string();
  if (value == nullptr) fail(key, fmt::format("{} is {}; write a string", key, type_name(*node)));
  return value->get();
}

std::optional<std::string> TomlTable::bytes(std::string_view key) {
  const std::string hex_key = fmt::format("{}_hex", key);
  const std::optional<std::string> hex = text(hex_key);
  std::optional<std::string> plain = text(key);
  if (!hex) return plain;
  if (plain) fail(hex_key, fmt::format("contradicts {}", key));
  std::optional<std::string> read = bytes_of_hex(*hex);
  if (!read) fail(hex_key, fmt::format("{} must be pairs of hexadecimal digits", hex_key));
  return read;
}

std::optional<bool> TomlTable::boolean(std::string_view key) {
  asked_.emplace(key);
  const toml::node* node = as_table(table_).get(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_boolean();
  if (value == nullptr) {
    fail(key, fmt::format("{} is {}; write true or false", key, type_name(*node)));
  }
  return value->get();
}

std::optional<std::int64_t> TomlTable::integer(std::string_view key, std::int64_t least,
                                               std::int64_t most) {
  asked_.emplace(key);
  const toml::node* node = as_table(table_).get(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_integer();
  if (value == nullptr || value->get() < least || value->get() > most) {
    fail(key, fmt::format("{} must be an integer from {} to {}", key, least, most));
  }
  return value->get();
}

std::optional<std::string> TomlTable::date(std::string_view key) {
  asked_.emplace(key);
  const toml::node* node = as_table(table_).get(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_date();
  if (value == nullptr) fail(key, fmt::format("{} must be a date such as 2026-12-31", key));
  const toml::date& day = value->get();
  return fmt::format("{:04}-{:02}-{:02}", day.year, day.month, day.day);
}

std::optional<std::string> TomlTable::choice(std::string_view key,
                                             const std::vector<std::string_view>& choices) {
  std::optional<std::string> value = text(key);
  if (value && std::find(choices.begin(), choices.end(), *value) == choices.end()) {
    fail(key, fmt::format("{} must be one of: {}", key, fmt::join(choices, ", ")));
  }
  return value;
}

std::optional<TomlTable> TomlTable::table(std::string_view key) {
  asked_.emplace(key);
  const toml::node* node = as_table(table_).get(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_table();
  if (value == nullptr) fail(key, fmt::format("{} must be a table: [{}]", key, key));
  return TomlTable(source_, value);
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) {
  asked_.emplace(key);
  const toml::node* node = as_table(table_).get(key);
  if (node == nullptr) return {};
  std::vector<TomlTable> found;
  const auto* array = node->as_array();
  if (array == nullptr) fail(key, fmt::format("{} must be an array of tables: [[{}]]", key, key));
  for (const toml::node& each : *array) {
    if (!each.is_table()) fail(key, fmt::format("{} must hold tables only: [[{}]]", key, key));
    found.push_back(TomlTable(source_, each.as_table()));
  }
  return found;
}

std::string TomlTable::required_text(std::string_view key) { return present(key, text(key)); }

std::string TomlTable::required_bytes(std::string_view key) { return present(key, bytes(key)); }

std::string TomlTable::present(std::string_view key, std::optional<std::string> value) const {
  if (!value || value->empty()) fail(key, fmt::format("{} is missing or empty", key));
  return *std::move(value);
}

void TomlTable::refuse_unknown_keys() const {
  for (const auto& [key, node] : as_table(table_)) {
    if (asked_.contains(key.str())) continue;
    complain(source_->name, source_->text, key.source().begin,
             fmt::format("unknown key '{}'; known here: {}", key.str(), fmt::join(asked_, ", ")));
  }
}

}  // namespace e3
