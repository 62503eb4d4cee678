// SPDX-License-Identifier: MIT
#include "harness/checks/toml_table.h"

#include <gtest/gtest.h>

#include <functional>

namespace e3 {
namespace {

std::string complaint(std::string_view text, const std::function<void(TomlTable&)>& use) {
  try {
    TomlTable table = TomlTable::parse(text, "f.toml");
    use(table);
  } catch (const ConfigurationError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(TomlTable, ValuesAreReadByTypeAndUnknownKeysAreRefused) {
  TomlTable file = TomlTable::parse(
      "name = \"n\"\nyes = true\ncount = 3\nday = 2026-12-31\n[part]\nx = "
      "\"y\"\n[[row]]\n[[row]]\n",
      "f.toml");
  EXPECT_EQ(file.text("name"), "n");
  EXPECT_EQ(file.boolean("yes"), true);
  EXPECT_EQ(file.integer("count", 1, 3), 3);
  EXPECT_EQ(file.date("day"), "2026-12-31");
  EXPECT_EQ(file.table("part")->text("x"), "y");
  EXPECT_EQ(file.tables("row").size(), 2U);
  EXPECT_EQ(file.text("absent"), std::nullopt);
  file.refuse_unknown_keys();
}

struct Bad {
  std::string_view text;
  std::function<void(TomlTable&)> use;
  std::string_view complaint;
};

TEST(TomlTable, ComplaintsNameThePlaceAndShowIt) {
  const auto ask_name = [](TomlTable& table) { table.text("name"); };
  const Bad rows[] = {
      {"a = 1\nname = 5\n", ask_name,
       "f.toml:2:8: name is an integer; write a string\n  name = 5\n         ^"},
      {"nmae = \"x\"\n",
       [](TomlTable& table) {
         table.text("name");
         table.refuse_unknown_keys();
       },
       "f.toml:1:1: unknown key 'nmae'; known here: name\n  nmae = \"x\"\n  ^"},
      {"n = 9\n", [](TomlTable& table) { table.integer("n", 1, 8); },
       "f.toml:1:5: n must be an integer from 1 to 8\n  n = 9\n      ^"},
      {"v = \"x\"\n",
       [](TomlTable& table) {
         table.choice("v", {"a", "b"});
       },
       "f.toml:1:5: v must be one of: a, b\n  v = \"x\"\n      ^"},
  };
  for (const Bad& row : rows) EXPECT_EQ(complaint(row.text, row.use), row.complaint);
}

TEST(TomlTable, BrokenFilesAreRefusedWithTheirPlace) {
  const auto nothing = [](TomlTable&) {};
  const std::string deep = "a = " + std::string(100'000, '[');
  for (const std::string_view text :
       {std::string_view("a = "), std::string_view("a = \"x"), std::string_view("[a\n"),
        std::string_view("a = 1\na = 2\n"), std::string_view("a = \"\xff\"\n"),
        std::string_view("\0", 1), std::string_view(deep)}) {
    EXPECT_TRUE(complaint(text, nothing).starts_with("f.toml:")) << complaint(text, nothing);
  }
}

TEST(TomlTable, AFileThatIsNotThereIsNamed) {
  EXPECT_THROW(TomlTable::read_file("/no/such/file.toml"), ConfigurationError);
  EXPECT_THROW(TomlTable::read_file("/dev/zero"), ConfigurationError);
  EXPECT_THROW(TomlTable::read_file("/"), ConfigurationError);
}

}  // namespace
}  // namespace e3
