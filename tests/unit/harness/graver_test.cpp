// SPDX-License-Identifier: MIT
#include "harness/invariants/graver.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace e3 {
namespace {

Symptom told(std::optional<Symptom> health, Symptom seen) {
  std::optional<Violation> broken;
  if (health) broken = Violation{.symptom = *health, .expected = "quiet", .actual = "busy"};
  return graver_of(broken, {.symptom = seen, .expected = "an answer", .actual = "none"}).symptom;
}

TEST(Graver, WhatWasSeenIsToldOfAHealthyTarget) {
  EXPECT_EQ(told(std::nullopt, Symptom::kNoAnswer), Symptom::kNoAnswer);
}

TEST(Graver, DeathAndSpinningAreWhyNothingIsAnswered) {
  EXPECT_EQ(told(Symptom::kDied, Symptom::kNoAnswer), Symptom::kDied);
  EXPECT_EQ(told(Symptom::kSpins, Symptom::kNoAnswer), Symptom::kSpins);
  EXPECT_EQ(told(Symptom::kDied, Symptom::kUnbounded), Symptom::kDied);
}

TEST(Graver, WhoIsBusyWithEndlessInputDoesNotSpin) {
  EXPECT_EQ(told(Symptom::kSpins, Symptom::kUnbounded), Symptom::kUnbounded);
}

TEST(Graver, OnlyWhoGetsNothingIsKeptWaitingByWhoSleeps) {
  const auto told_of = [](const std::string& slept_in, Symptom seen) {
    return graver_of(slept_in, {.symptom = seen, .expected = "", .actual = ""}).symptom;
  };
  EXPECT_EQ(told_of("recv(conn1)", Symptom::kNotAccepted), Symptom::kSleeps);
  EXPECT_EQ(told_of("recv(conn1)", Symptom::kWrongAnswer), Symptom::kWrongAnswer);
  EXPECT_EQ(told_of("", Symptom::kDeaf), Symptom::kDeaf);
}

}  // namespace
}  // namespace e3
