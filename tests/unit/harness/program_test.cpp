// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/program.h"
#include "harness/world/engines/tcp/captured_output.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "harness/mutants/listening_socket.h"
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
    EXPECT_FALSE(SockDiag::listeners(port).empty());
    EXPECT_FALSE(program.death());
    EXPECT_GE(program.tree().descriptors(), 4U);
  }
  EXPECT_TRUE(SockDiag::listeners(port).empty());
  EXPECT_FALSE(has_children());
}

// Another program has taken the port between our choice and the server's bind(): its answers are
// not those of the server under test.
TEST(Program, APortThatSomebodyElseTookIsGivenUpForAnother) {
  const std::string folder = testing::TempDir() + "e3-taken-port-" + std::to_string(getpid());
  std::filesystem::create_directory(folder);
  const std::string asks = folder + "/asks";
  const std::string goes_on = folder + "/goes-on";
  ASSERT_EQ(::mkfifo(asks.c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo(goes_on.c_str(), 0600), 0);
  int listener = -1;
  std::uint16_t taken = 0;
  std::thread somebody_else([&] {
    std::ifstream(asks) >> taken;
    listener = mutants::listening_socket(taken, true);
    std::filesystem::remove(asks);
    std::ofstream(goes_on) << "now\n";
  });
  const std::string script = "if test -e " + asks + "; then echo {port} >" + asks + "; read x <" +
                             goes_on + "; exit 1; fi; exec " E3_SERVER_PROGRAM " --port {port}";
  {
    Program program({.command = "sh -c '" + script + "'"});
    somebody_else.join();
    EXPECT_NE(program.port(), taken);
    EXPECT_FALSE(SockDiag::listeners(taken).empty());
    EXPECT_FALSE(program.death());
  }
  ::close(listener);
  std::filesystem::remove_all(folder);
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

TEST(CapturedOutputTest, BeginsWithTheReportOfWhatTheProgramDiedOf) {
  const CapturedOutput output;
  const std::string report = "==1==ERROR: AddressSanitizer: heap-use-after-free\n    #0 in serve\n";
  const std::string all = "listening\n" + report + std::string(2000, '0');
  ASSERT_EQ(::write(output.descriptor(), all.data(), all.size()), static_cast<ssize_t>(all.size()));
  EXPECT_TRUE(output.tail().starts_with("==1==ERROR: AddressSanitizer: heap-use-after-free"))
      << output.tail();
}

}  // namespace
}  // namespace e3
