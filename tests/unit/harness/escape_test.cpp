// SPDX-License-Identifier: MIT
#include "harness/report/escape.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace e3::report {
namespace {

using namespace std::string_view_literals;

struct Row {
  std::string_view text;
  std::string_view printable;
};

TEST(Escape, WhatIsNotTextIsWrittenInHexadecimal) {
  const Row rows[] = {
      {"plain ~ text\tand\nlines", "plain ~ text\tand\nlines"},
      {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7"},
      {"\0\x01\x1b[31m\r\x7f"sv, "\\x00\\x01\\x1b[31m\\x0d\\x7f"},
      {"\xff\xfe", "\\xff\\xfe"},
      {"\xc3(", "\\xc3("},                           // cut short
      {"\xe2\x82", "\\xe2\\x82"},                    // cut off by the end
      {"\xc0\xaf", "\\xc0\\xaf"},                    // overlong '/'
      {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},           // overlong '/'
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},           // a surrogate
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},  // above U+10FFFF
      {"\xc2\x85", "\\xc2\\x85"},                    // U+0085, a control character
      {"\xe2\x80\xae", "\\xe2\\x80\\xae"},           // right-to-left override
      {"\xe2\x81\xa6", "\\xe2\\x81\\xa6"},           // U+2066, left-to-right isolate
      {"\xe2\x81\xa9", "\\xe2\\x81\\xa9"},           // U+2069, which ends it
      {"\xd8\x9c", "\\xd8\\x9c"},                    // U+061C, the Arabic letter mark
      {"\xd8\x9b\xd8\x9d", "\xd8\x9b\xd8\x9d"},      // its neighbours are text
      {"\xe2\x80\xa8", "\\xe2\\x80\\xa8"},           // a line separator to JavaScript
      {"\xef\xbf\xbf", "\\xef\\xbf\\xbf"},           // U+FFFF, which XML cannot carry
  };
  for (const Row& row : rows) EXPECT_EQ(printable(row.text), row.printable);
}

TEST(Escape, MarkupKeepsItsOwnCharacters) {
  EXPECT_EQ(markup_text("</script>]]>&amp;\"\n"), "&lt;/script&gt;]]&gt;&amp;amp;\"\n");
  EXPECT_EQ(markup_attribute("a\"b\n\t<"), "a&quot;b&#10;&#9;&lt;");
}

TEST(Escape, OneLineCommandsNoLog) {
  EXPECT_EQ(one_line("a ##[error]b ##[group]"), "a \\x23#[error]b \\x23#[group]");
  EXPECT_EQ(one_line("##vso[task.complete]"), "\\x23#vso[task.complete]");
  EXPECT_EQ(one_line("###[x # #[ ## ["), "#\\x23#[x # #[ ## [");
}

TEST(Escape, OneLineIsOneLine) { EXPECT_EQ(one_line("a\nb\tc\rd"), "a\\nb c\\x0dd"); }

}  // namespace
}  // namespace e3::report
