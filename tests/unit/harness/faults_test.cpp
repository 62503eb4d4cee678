// SPDX-License-Identifier: MIT
// Faults as data: the table, the text form, and when a fault is due.
#include "harness/faults/fault.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "harness/faults/fault_plan.h"

namespace e3 {
namespace {

// Null: the table has none.
const LegalResult* row_of(CallKind call, Role role, int error) {
  for (const LegalResult& row : legal_results(call)) {
    if (row.role == role && row.error == error) return &row;
  }
  return nullptr;
}

TEST(LegalResults, EachRowNamesItsSourceAndStandsThereOnce) {
  for (const LegalResult& row : legal_results()) {
    EXPECT_FALSE(row.source.empty());
    EXPECT_EQ(row_of(row.call, row.role, row.error), &row) << to_string(row.call);
  }
}

TEST(LegalResults, ATierIncludesTheLowerOnes) {
  const auto at = [](Tier tier) {
    return legal_results(CallKind::kReceive, Role::kConnection, tier).size();
  };
  EXPECT_LT(at(Tier::kLinux), at(Tier::kPosix));
  EXPECT_LT(at(Tier::kPosix), at(Tier::kHostile));
}

TEST(LegalResults, LinuxNeverInterruptsANonBlockingReceive) {
  EXPECT_EQ(row_of(CallKind::kReceive, Role::kConnection, EINTR)->tier, Tier::kPosix);
  EXPECT_EQ(row_of(CallKind::kEpollAdd, Role::kConnection, EINTR), nullptr);
}

TEST(Fault, TextAndDataAreOne) {
  for (const LegalResult& row : legal_results()) {
    for (const std::uint32_t times : {1U, 3U, Fault::kAlways}) {
      Fault fault{.call = row.call,
                  .role = row.role,
                  .error = row.error,
                  .length = 1,
                  .nth = times == 3 ? 7U : 1U,
                  .times = times};
      if (row.error == 0) fault.length = 12;
      EXPECT_EQ(parse_fault(to_string(fault)), fault) << to_string(fault);
    }
  }
  EXPECT_EQ(to_string(*parse_fault("recv  conn #2 ECONNRESET")), "recv conn #2 ECONNRESET");
  EXPECT_EQ(to_string(*parse_fault("send short=3 x4")), "send short=3 x4");
}

TEST(Fault, WhatIsNoFaultIsNotRead) {
  for (const char* text : {"", "recv", "recv conn", "recv conn #0 EAGAIN", "recv EWHAT",
                           "spoon EINTR", "recv short=", "recv short=x", "recv EAGAIN x0",
                           "recv EAGAIN twice", "recv EAGAIN x2 x2"}) {
    EXPECT_EQ(parse_fault(text), std::nullopt) << text;
  }
}

TEST(Fault, ObjectionsSayWhy) {
  EXPECT_EQ(objection_to(*parse_fault("recv conn ECONNRESET")), std::nullopt);
  EXPECT_EQ(objection_to(*parse_fault("send short=1 always")), std::nullopt);
  EXPECT_NE(objection_to(*parse_fault("recv conn EMFILE")), std::nullopt);
  EXPECT_NE(objection_to(*parse_fault("recv listener ECONNRESET")), std::nullopt);
  EXPECT_NE(objection_to(*parse_fault("epoll_wait EINTR always")), std::nullopt);
  EXPECT_NE(objection_to(*parse_fault("send EAGAIN always")), std::nullopt);
  EXPECT_EQ(objection_to(*parse_fault("close conn EINTR always")), std::nullopt);
  // A fuzzer's count, which no server that tries again outlives.
  EXPECT_NE(objection_to(*parse_fault("recv conn EINTR x75547554")), std::nullopt);
  EXPECT_EQ(objection_to(*parse_fault("recv conn EINTR x1000")), std::nullopt);
}

TEST(FaultPlan, StrikesTheNthCallOfItsKindSoManyTimes) {
  FaultPlan plan;
  plan.add(*parse_fault("recv conn #2 ENOMEM x2"));
  const auto strikes = [&plan](CallKind call, Role role) {
    const FaultPlan::Due due = plan.count(call, role);
    if (due) plan.strike(due);
    return static_cast<bool>(due);
  };
  EXPECT_FALSE(strikes(CallKind::kReceive, Role::kConnection));
  EXPECT_FALSE(strikes(CallKind::kReceive, Role::kEvent));
  EXPECT_FALSE(strikes(CallKind::kTransmit, Role::kConnection));
  EXPECT_TRUE(strikes(CallKind::kReceive, Role::kConnection));
  EXPECT_TRUE(strikes(CallKind::kReceive, Role::kConnection));
  EXPECT_FALSE(strikes(CallKind::kReceive, Role::kConnection));
  EXPECT_EQ(plan.strikes(), 2U);
}

TEST(FaultPlan, WhatCouldNotHappenIsLeftToTheNextCall) {
  FaultPlan plan;
  plan.add(*parse_fault("accept listener ECONNABORTED"));
  EXPECT_TRUE(plan.count(CallKind::kAccept, Role::kListener));
  EXPECT_TRUE(plan.count(CallKind::kAccept, Role::kListener));
}

}  // namespace
}  // namespace e3
