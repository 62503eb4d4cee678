// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/program.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <stdexcept>
#include <string>

#include "harness/world/engines/tcp/process_tree.h"
#include "harness/world/engines/tcp/sock_diag.h"
#include "harness/world/world.h"

namespace e3 {
namespace {

using namespace std::chrono_literals;

std::string why_unavailable(const std::string& command, std::chrono::milliseconds patience = 10s) {
  try {
    const Program program({.command = command, .ready_timeout = patience});
  } catch (const TargetUnavailable& unavailable) {
    return unavailable.what();
  }
  return "available";
}

bool has_children() { return ProcessTree(getpid()).members().size() > 1; }

TEST(Program, ListensOnThePortItWasGivenAndIsGoneAfterwards) {
  std::uint16_t port = 0;
  {
    Program program({.command = E3_SERVER_PROGRAM " --port {port}"});
    port = program.port();
    EXPECT_TRUE(SockDiag::listens(port));
    EXPECT_FALSE(program.death());
    EXPECT_GE(program.tree().descriptors(), 4U);
  }
  EXPECT_FALSE(SockDiag::listens(port));
  EXPECT_FALSE(has_children());
}

TEST(Program, OneThatDiesAtOnceIsReportedWithWhatItPrinted) {
  const std::string why = why_unavailable("sh -c 'echo no licence; exit 3' {port}");
  EXPECT_NE(why.find("exit code 3"), std::string::npos) << why;
  EXPECT_NE(why.find("no licence"), std::string::npos) << why;
  EXPECT_FALSE(has_children());
}

TEST(Program, OneThatNeverListensIsGivenUp) {
  const std::string why = why_unavailable("cat {port} /proc/self/fd/0 /dev/zero", 50ms);
  EXPECT_NE(why.find("did not listen"), std::string::npos) << why;
  EXPECT_FALSE(has_children());
}

TEST(Program, OneThatDoesNotExistIsNamed) {
  const std::string why = why_unavailable("/no/such/program {port}");
  EXPECT_NE(why.find("/no/such/program"), std::string::npos) << why;
}

TEST(Program, WhatItStartedIsStoppedWithIt) {
  // A child that ignores SIGTERM and has left its parent's process group.
  const std::string why = why_unavailable(
      R"(sh -c 'setsid sh -c "trap : TERM; while :; do read x < /dev/zero; done" & exit 4' {port})");
  EXPECT_NE(why.find("exit code 4"), std::string::npos) << why;
  EXPECT_FALSE(has_children());
}

TEST(Program, ShellSyntaxIsRefusedWithTheFix) {
  for (const char* command : {"a | b {port}", "a; b", "a & b", "a > b", "$(a)", "'", ""}) {
    EXPECT_THROW(Program({.command = command}), std::invalid_argument) << command;
  }
}

}  // namespace
}  // namespace e3
