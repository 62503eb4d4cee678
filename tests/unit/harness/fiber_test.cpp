// SPDX-License-Identifier: MIT
#include "harness/world/fiber.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace e3 {
namespace {

TEST(Fiber, TakesTurnsWithItsCaller) {
  std::string order;
  Fiber* self = nullptr;
  Fiber fiber([&] {
    order += 'b';
    self->suspend();
    order += 'd';
  });
  self = &fiber;
  order += 'a';
  fiber.resume();
  order += 'c';
  EXPECT_FALSE(fiber.finished());
  fiber.resume();
  EXPECT_TRUE(fiber.finished());
  EXPECT_EQ(order, "abcd");
}

TEST(Fiber, UnwindsExceptionsOnItsOwnStack) {
  std::string caught;
  Fiber* self = nullptr;
  Fiber fiber([&] {
    try {
      self->suspend();
      throw std::runtime_error("inside");
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
  });
  self = &fiber;
  fiber.resume();
  fiber.resume();
  EXPECT_EQ(caught, "inside");
}

TEST(Fiber, KeepsWhatALargeFrameHolds) {
  Fiber* self = nullptr;
  int sum = 0;
  Fiber fiber([&] {
    volatile int frame[50'000];
    for (int i = 0; i < 50'000; ++i) frame[i] = i % 7;
    self->suspend();
    for (int i = 0; i < 50'000; ++i) sum += frame[i];
  });
  self = &fiber;
  fiber.resume();
  fiber.resume();
  EXPECT_EQ(sum, 149'997);
}

TEST(Fiber, MayBeAbandonedBeforeItEnds) {
  Fiber* self = nullptr;
  bool went_on = false;
  {
    Fiber fiber([&] {
      self->suspend();
      went_on = true;
    });
    self = &fiber;
    fiber.resume();
  }
  EXPECT_FALSE(went_on);
}

TEST(Fiber, ManyCanFollowEachOther) {
  int runs = 0;
  for (int i = 0; i < 1000; ++i) {
    Fiber fiber([&] { ++runs; });
    fiber.resume();
  }
  EXPECT_EQ(runs, 1000);
}

}  // namespace
}  // namespace e3
