// SPDX-License-Identifier: MIT
#include "harness/report/swim_lanes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/world/transcript.h"

namespace e3::report {
namespace {

// Lines of the form in which a transcript is printed.
std::vector<std::string> lines_of(const std::vector<std::pair<std::string, std::string>>& events) {
  std::vector<std::string> lines;
  for (const auto& [actor, what] : events) {
    lines.push_back(fmt::format("{:>10.6f}  {:<7} {}", 1.5, actor, what));
  }
  return lines;
}

std::vector<Moment> moments_of(const std::vector<std::string>& lines) {
  std::vector<Moment> moments;
  for (const std::string& line : lines) moments.push_back(moment_of(line));
  return moments;
}

TEST(SwimLanes, ALineIsTakenApart) {
  const auto lines = lines_of({{"peer12", "sends 2 of 2 \"a\\\"b\"... 3 more"}});
  const Moment moment = moment_of(lines.front());
  EXPECT_EQ(moment.time, "1.500000");
  EXPECT_EQ(moment.actor, "peer12");
  EXPECT_EQ(moment.what, "sends 2 of 2 \"a\\\"b\"... 3 more");
  EXPECT_EQ(moment.bytes, "\"a\\\"b\"... 3 more");
}

TEST(SwimLanes, TheLinesOfATranscriptAreOfThatForm) {
  Transcript transcript;
  transcript.note(std::chrono::milliseconds(1500), Actor::kTarget, "dies: of \"x\"");
  const std::vector<std::string> lines = transcript.lines();
  ASSERT_EQ(lines.size(), 1U);
  const Moment moment = moment_of(lines.front());
  EXPECT_EQ(moment.time, "1.500000");
  EXPECT_EQ(moment.actor, "target");
  EXPECT_EQ(moment.what, "dies: of \"x\"");
}

TEST(SwimLanes, ALineOfAnotherFormIsShownWhole) {
  EXPECT_EQ(moment_of("").what, "");
  EXPECT_EQ(moment_of("word").what, "word");
  EXPECT_EQ(moment_of("1.0  actor").what, "1.0  actor");
}

TEST(SwimLanes, ALoopOfTheServerIsFoldedAndEndsNowhereElse) {
  std::vector<std::pair<std::string, std::string>> events = {{"peer1", "connects"}};
  for (int i = 0; i < 40; ++i) {
    events.emplace_back("target", "epoll_wait(epoll1) = 1 IN");
    events.emplace_back("target", "recv(conn1, 64) = 0");
  }
  events.emplace_back("peer1", "closes");
  const auto lines = lines_of(events);
  const auto stretches = folded(moments_of(lines));
  ASSERT_EQ(stretches.size(), 3U);
  EXPECT_EQ(stretches[1].first, 1U);
  EXPECT_EQ(stretches[1].length, 2U);
  EXPECT_EQ(stretches[1].times, 40U);
  EXPECT_EQ(stretches[2].first, 81U);
}

TEST(SwimLanes, WhatComesTwiceIsNotFolded) {
  const auto lines = lines_of({{"target", "a"}, {"target", "a"}, {"target", "b"}});
  EXPECT_EQ(folded(moments_of(lines)).size(), 3U);
}

TEST(SwimLanes, ManyPeersShareTheLastLane) {
  Failure failure{.point = "burst", .violation = {}, .cause = {}, .transcript = {}};
  std::vector<std::pair<std::string, std::string>> events;
  for (int i = 1; i <= 9; ++i) events.emplace_back(fmt::format("peer{}", i), "connects");
  failure.transcript = lines_of(events);
  const std::string html = swim_lanes(failure);
  EXPECT_NE(html.find("peer6 and 3 more</th>"), std::string::npos);
  EXPECT_EQ(html.find("peer7</th>"), std::string::npos);
  EXPECT_NE(html.find("peer9 connects"), std::string::npos);
}

TEST(SwimLanes, BytesOfTheServerStayText) {
  Failure failure{.point = "x", .violation = {}, .cause = {}, .transcript = {}};
  failure.violation.actual = "</td><script>";
  failure.transcript = lines_of({{"peer1", "receives 9 \"<script>\" onload=x"}});
  const std::string html = swim_lanes(failure);
  EXPECT_EQ(html.find("<script>"), std::string::npos);
  EXPECT_NE(html.find("data-bytes=\"peer1 receives 9 &quot;&lt;script&gt;&quot; onload=x\""),
            std::string::npos);
}

}  // namespace
}  // namespace e3::report
