// SPDX-License-Identifier: MIT
#include "harness/scenario/byte_form.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "harness/scenario/text_form.h"
#include "random_scenario.h"

namespace e3::scenario {
namespace {

using namespace std::string_literals;

TEST(ByteForm, APlainRequestIsOneSegmentOfTheFirstPeer) {
  EXPECT_EQ(print(decode("GET / HTTP/1.0\r\n\r\n")), "peer1 > \"GET / HTTP/1.0\\r\\n\\r\\n\"\n");
}

TEST(ByteForm, OneInsertedByteIsAFragmentBoundary) {
  EXPECT_EQ(print(decode("GET\xb4 /")), "peer1 > \"GET\"\nsettle\npeer1 > \" /\"\n");
  EXPECT_EQ(print(decode("GET\x80 /")), "peer1 > \"GET\"\npeer1 > \" /\"\n");
}

// What each code means may never change: corpora are made of them. Written by this test when it
// fails, for reading; a changed line is a mistake, a new line a new step.
TEST(ByteForm, CodesAreFrozen) {
  std::string table;
  for (int code = 0x80; code <= 0xff; ++code) {
    // A byte before, for codes about the last byte; one behind, for codes about the next.
    const std::string bytes{'a', static_cast<char>(code), 'b'};
    std::string steps = print(decode(bytes));
    for (char& c : steps) c = c == '\n' ? ';' : c;
    table += fmt::format("{:02x} {}\n", code, steps);
  }
  std::ifstream file(E3_SOURCE_DIR "/tests/unit/harness/byte_form.codes");
  std::stringstream frozen;
  frozen << file.rdbuf();
  EXPECT_EQ(table, frozen.str());
}

TEST(ByteForm, SpelledOutAmountsReplaceTheFrozenOnes) {
  EXPECT_EQ(print(decode("\xf1\xf1\x9c")), "peer1 < 17\n");
  EXPECT_EQ(print(decode("\xf1\xf1\xac")), "advance 17ms\n");
  EXPECT_EQ(decode("a\xf2\xb6"), (Scenario{{.verb = Verb::kSend, .bytes = "aaa"}}));
}

TEST(ByteForm, AmountsOutOfRangeAreCutDown) {
  EXPECT_EQ(decode("\xff\xff\xff\xff\xff\xff\xac").at(0).amount, kAdvanceMax);
  EXPECT_EQ(decode("\xff\xff\xff\xff\xff\xff\x9c").at(0).amount, kReadMax);
  EXPECT_EQ(decode("\xf0\x9c").at(0).amount, 1U);
  const Scenario flood = decode(
      "a\xb7\xb7\xb7\xb7\xb7"
      "a");
  EXPECT_EQ(flood.at(0).bytes.size(), kSegmentMax);
}

TEST(ByteForm, BytesAbove127AreTwoBytes) {
  const Scenario scenario{{.verb = Verb::kSend, .bytes = "\xc3\xa9"}};
  EXPECT_EQ(encode(scenario), "\xb5\x43\xb5\x29");
  EXPECT_EQ(decode(encode(scenario)), scenario);
}

TEST(ByteForm, EveryScenarioSurvivesBytes) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 3000; ++i) {
    const Scenario scenario = random_scenario(random);
    ASSERT_EQ(decode(encode(scenario)), scenario) << print(scenario);
  }
}

TEST(ByteForm, EveryByteStringIsAScenarioThatSurvivesBothForms) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 3000; ++i) {
    std::string bytes(below(random, 40), '\0');
    for (char& c : bytes) c = static_cast<char>(below(random, 256));
    const Scenario scenario = decode(bytes);
    ASSERT_EQ(decode(encode(scenario)), scenario) << print(scenario);
    ASSERT_EQ(parse(print(scenario), "printed"), scenario) << print(scenario);
  }
}

TEST(ByteForm, DecodingIntoUsedMemoryLeavesNothingOfTheOldScenario) {
  Scenario scenario = decode("GET /a\xb4\xb4\x9c");
  decode("b", scenario);
  EXPECT_EQ(scenario, decode("b"));
}

}  // namespace
}  // namespace e3::scenario
