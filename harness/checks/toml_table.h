// SPDX-License-Identifier: MIT
// Reads files that users write (profiles, expectations): TOML, strictly. Each complaint names the
// file, the line and the column, and shows the line with a caret.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace e3 {

// "FILE:LINE:COLUMN: what is wrong", the line, and a caret below it.
class ConfigurationError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

// One table of a file. Everything throws ConfigurationError.
class TomlTable {
 public:
  static TomlTable read_file(const std::string& path);
  // `name` is what complaints call the text.
  static TomlTable parse(std::string_view text, const std::string& name);

  std::optional<std::string> text(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<std::string> date(std::string_view key);  // "2026-12-31"
  // One of `choices`.
  std::optional<std::string> choice(std::string_view key,
                                    const std::vector<std::string_view>& choices);
  std::optional<TomlTable> table(std::string_view key);
  std::vector<TomlTable> tables(std::string_view key);  // [[key]]; none is an empty list

  // Any bytes: those of the text of `key`, or those that KEY_hex lists in hexadecimal.
  std::optional<std::string> bytes(std::string_view key);

  // The value of a key that must be there.
  std::string required_text(std::string_view key);
  std::string required_bytes(std::string_view key);
  // A complaint about the value of a key, or about the table where it has no such key.
  [[noreturn]] void fail(std::string_view key, const std::string& message) const;
  // Complains about keys that nothing has asked for: a typing error must not pass in silence.
  void refuse_unknown_keys() const;

 private:
  struct Source;
  explicit TomlTable(std::shared_ptr<const Source> source, const void* table);
  std::string present(std::string_view key, std::optional<std::string> value) const;

  std::shared_ptr<const Source> source_;
  const void* table_;  // a toml::table inside the source; the library stays out of this header
  std::set<std::string, std::less<>> asked_;
};

}  // namespace e3
