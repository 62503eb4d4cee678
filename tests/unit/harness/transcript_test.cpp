// SPDX-License-Identifier: MIT
#include "harness/world/transcript.h"

#include <gtest/gtest.h>

namespace e3 {
namespace {

using namespace std::chrono_literals;

TEST(Transcript, PrintsTimeActorAndDeed) {
  Transcript transcript;
  transcript.record(1500ms, "peer1", "connects");
  EXPECT_EQ(transcript.lines(), std::vector<std::string>{"  1.500000  peer1   connects"});
}

TEST(Transcript, TheHashDependsOnEveryLineAndTheirOrder) {
  Transcript ab;
  ab.record(0s, "target", "a");
  ab.record(0s, "target", "b");
  Transcript ba;
  ba.record(0s, "target", "b");
  ba.record(0s, "target", "a");
  EXPECT_NE(ab.hash(), ba.hash());
}

TEST(Transcript, ANewScenarioForgetsLinesButNotTheHash) {
  Transcript transcript;
  transcript.record(0s, "target", "a");
  const std::uint64_t before = transcript.hash();
  transcript.begin_scenario();
  EXPECT_TRUE(transcript.lines().empty());
  EXPECT_EQ(transcript.hash(), before);
}

TEST(Transcript, KeepsTheLastLinesInOrder) {
  Transcript transcript;
  for (std::size_t i = 0; i < Transcript::kLinesKept + 3; ++i) {
    transcript.record(0s, "t", std::to_string(i));
  }
  const auto lines = transcript.lines();
  ASSERT_EQ(lines.size(), Transcript::kLinesKept);
  EXPECT_TRUE(lines.front().ends_with(" 3"));
  EXPECT_TRUE(lines.back().ends_with(" " + std::to_string(Transcript::kLinesKept + 2)));
}

TEST(Quoted, EscapesWhatATerminalWouldActOn) {
  EXPECT_EQ(quoted(std::string_view("a\r\n\t\"\\\0\x1b\xff", 9)), R"("a\r\n\t\"\\\x00\x1b\xff")");
}

TEST(Quoted, SaysHowMuchIsLeftOut) { EXPECT_EQ(quoted("abcdef", 2), "\"ab\"... 4 more"); }

}  // namespace
}  // namespace e3
