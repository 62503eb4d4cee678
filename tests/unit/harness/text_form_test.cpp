// SPDX-License-Identifier: MIT
#include "harness/scenario/text_form.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "random_scenario.h"

namespace e3::scenario {
namespace {

std::string complaint(std::string_view text) {
  try {
    parse(text, "demo.e3");
  } catch (const ParseError& error) {
    return error.what();
  }
  return "none";
}

TEST(TextForm, ReadsOneStatementALine) {
  const Scenario scenario = parse(R"(# The terminator comes in two pieces.
peer1 connect tiny
peer1 > "GET /" "e"*3 "\x41 \"\\\r\n"   # a comment
  settle

peer2 < 16
peer2 < all
peer1 half-close
advance 5s
peer1 expect answer
)",
                                  "demo.e3");
  const Scenario wanted{{.verb = Verb::kConnectTiny},
                        {.verb = Verb::kSend, .bytes = "GET /eeeA \"\\\r\n"},
                        {.verb = Verb::kSettle},
                        {.verb = Verb::kRead, .peer = 1, .amount = 16},
                        {.verb = Verb::kRead, .peer = 1, .amount = kReadAll},
                        {.verb = Verb::kHalfClose},
                        {.verb = Verb::kAdvance, .amount = 5000},
                        {.verb = Verb::kExpectAnswer}};
  EXPECT_EQ(scenario, wanted);
}

// The first column of README.md's table of statements.
std::vector<std::string> documented_statements() {
  std::ifstream file(E3_SOURCE_DIR "/harness/scenario/README.md");
  std::vector<std::string> statements;
  bool in_table = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("| statement |")) in_table = true;
    if (line.empty()) in_table = false;
    if (!in_table || !line.starts_with("| `")) continue;
    statements.push_back(line.substr(3, line.find("` |") - 3));
  }
  return statements;
}

TEST(TextForm, EachStatementIsDocumentedWithAnExampleThatIsOne) {
  std::set<Verb> shown;
  for (const std::string& statement : documented_statements()) {
    for (const Step& step : parse(statement, "README.md")) shown.insert(step.verb);
  }
  for (int verb = 0; verb <= static_cast<int>(Verb::kFault); ++verb) {
    EXPECT_TRUE(shown.contains(static_cast<Verb>(verb))) << "verb " << verb << " has no example";
  }
}

TEST(TextForm, PrintsWhatItReads) {
  const std::string text =
      "peer1 > \"GET /\" \"e\"*6000 \" HTTP/1.0\\r\\n\\r\\n\"\nsettle\npeer1 < 16\npeer2 < all\n"
      "advance 1500ms\nadvance 1min\npeer4 half-close\npeer1 close\npeer1 reset\n"
      "peer1 expect answer\npeer3 connect\npeer3 connect tiny\n";
  EXPECT_EQ(print(parse(text, "demo.e3")), text);
}

TEST(TextForm, EveryScenarioSurvivesText) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 3000; ++i) {
    const Scenario scenario = random_scenario(random);
    ASSERT_EQ(parse(print(scenario), "printed"), scenario) << print(scenario);
  }
}

TEST(TextForm, SaysWhereAMistakeIs) {
  EXPECT_EQ(complaint("settle\n  peer1 < banana\n"),
            "demo.e3:2:11: expected a number of bytes from 1 to 1048576, or all\n"
            "    peer1 < banana\n"
            "            ^");
}

TEST(TextForm, KeepsTabsInTheMargin) {
  EXPECT_EQ(
      complaint("peer1\tfly"),
      "demo.e3:1:7: expected > \"bytes\", < number, connect tiny, connect, half-close, close, "
      "reset, expect answer\n  peer1\tfly\n       \t^");
}

struct Mistake {
  const char* text;
  const char* where;
};

TEST(TextForm, RefusesWhatItDoesNotKnow) {
  const Mistake mistakes[] = {
      {"peer9 close", "1:1"},
      {"peer1", "1:6"},
      {"peer1 > GET", "1:9"},
      {"peer1 > \"GET", "1:9"},
      {"peer1 > \"a\\q\"", "1:11"},
      {"peer1 > \"a\\x4\"", "1:11"},
      {"peer1 > \"\"", "1:9"},
      {"peer1 > \"a\"*0", "1:13"},
      {"peer1 > \"a\"*99999", "1:9"},
      {"peer1 > \"ab\"*18446744073709551615", "1:9"},
      {"peer1 > \"\"*18446744073709551615", "1:9"},
      {"peer1 < 0", "1:9"},
      {"peer1 < 1048577", "1:9"},
      {"peer1 < 12x", "1:11"},
      {"advance 0s", "1:9"},
      {"advance 11min", "1:9"},
      {"advance 5", "1:9"},
      {"advance 99999999999999999999s", "1:9"},
      {"settle now", "1:8"},
      {"peer1 close close", "1:13"},
      {"peer1 connect huge", "1:15"},
  };
  for (const Mistake& mistake : mistakes) {
    EXPECT_EQ(complaint(mistake.text).find("demo.e3:" + std::string(mistake.where) + ": "), 0U)
        << mistake.text << "\n"
        << complaint(mistake.text);
  }
}

}  // namespace
}  // namespace e3::scenario
