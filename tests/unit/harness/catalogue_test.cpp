// SPDX-License-Identifier: MIT
#include "harness/checks/catalogue.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "harness/checks/world_runner.h"

namespace e3 {
namespace {

std::vector<std::string> registered_ids() {
  std::ifstream file(E3_SOURCE_DIR "/harness/checks/registry.txt");
  std::vector<std::string> ids;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '#') ids.push_back(line);
  }
  return ids;
}

TEST(Catalogue, EachIdIsRegisteredOnce) {
  const std::vector<std::string> registered = registered_ids();
  const std::set<std::string> unique(registered.begin(), registered.end());
  EXPECT_EQ(unique.size(), registered.size());
  for (const Check* check : all_checks()) {
    for (const CheckCase& each : cases_of(*check)) {
      EXPECT_TRUE(unique.contains(id_of(each))) << id_of(each);
    }
  }
}

TEST(Catalogue, WhatNeedsVirtualTimeSaysSo) {
  Abilities all_but_time{.tcp = true, .process = true, .faults = true, .event_order = true};
  const std::string missing = missing_ability(*find_check("time.slow-sender"), all_but_time);
  EXPECT_EQ(missing, "needs virtual time: use --preload, or link the server in");
}

TEST(Catalogue, NoRegisteredIdIsGone) {
  std::set<std::string> present;
  for (const Check* check : all_checks()) {
    for (const CheckCase& each : cases_of(*check)) present.insert(id_of(each));
  }
  for (const std::string& id : registered_ids()) EXPECT_TRUE(present.contains(id)) << id;
}

TEST(Catalogue, EachCheckSaysWhatAndWhy) {
  for (const Check* check : all_checks()) {
    EXPECT_FALSE(check->when.empty()) << check->id;
    EXPECT_FALSE(check->must.empty()) << check->id;
    EXPECT_FALSE(check->because.empty()) << check->id;
    EXPECT_FALSE(check->blames.empty()) << check->id;
  }
}

TEST(Catalogue, EachBlameIsAKnownCauseWithEvidence) {
  for (const Check* check : all_checks()) {
    for (const Blame& blame : check->blames) {
      const Cause* cause = find_cause(blame.cause);
      EXPECT_NE(cause, nullptr) << check->id << ": " << blame.cause;
    }
  }
}

// A thread on GitHub, a CVE, a manual page, or a standard.
bool is_public(std::string_view evidence) {
  const auto has = [&](std::string_view word) { return evidence.find(word) != evidence.npos; };
  return has("#") || has("CVE-") || has("CWE-") || has("RFC ") || has("(2)") || has("(7)") ||
         has("/");
}

TEST(Catalogue, EachCauseSaysWhatHowItIsMendedAndWhereItWasSeen) {
  for (const Cause& cause : causes()) {
    EXPECT_FALSE(cause.what.empty()) << cause.slug;
    EXPECT_FALSE(cause.fix.empty()) << cause.slug;
    EXPECT_TRUE(is_public(cause.evidence)) << cause.slug << ": " << cause.evidence;
  }
}

TEST(Catalogue, EachCaseSaysWhereItsObligationIsWritten) {
  for (const Check* check : http_message_checks()) {
    for (const CheckCase& each : cases_of(*check)) {
      const bool written =
          !reference_of(each).empty() || check->because.find("RFC") != check->because.npos;
      EXPECT_TRUE(written) << id_of(each);
    }
  }
}

struct Selection {
  std::string_view word;
  std::string_view id;
  bool selected;
};

constexpr Selection kSelections[] = {
    {"close.hangup.fin", "close.hangup.fin", true},
    {"close.hangup", "close.hangup.fin", true},
    {"close", "close.hangup.fin", true},
    {"clo", "close.hangup.fin", false},
    {"close.hangup.fin.more", "close.hangup.fin", false},
    {"*.fin", "close.hangup.fin", true},
    {"close.*.fin", "close.hangup.fin", true},
    {"*", "close.hangup.fin", true},
    {"*hang*f*", "close.hangup.fin", true},
    {"*.half", "close.hangup.half-close", false},
    {"", "close.hangup.fin", false},
    {"http.host", "http.host[missing]", true},
    {"http", "http.host[missing]", true},
    {"http.host[missing]", "http.host[missing]", true},
    {"http.host[twice]", "http.host[missing]", false},
    {"http.ho", "http.host[missing]", false},
};

TEST(Catalogue, WordsSelectIdsFamiliesAndGlobs) {
  for (const Selection& row : kSelections) {
    EXPECT_EQ(selects(row.word, row.id), row.selected) << row.word << " and " << row.id;
  }
}

}  // namespace
}  // namespace e3
