// SPDX-License-Identifier: MIT
#include "harness/cli/options.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/cli/reproduce.h"

namespace e3::cli {
namespace {

using namespace std::chrono_literals;

Options parse(std::vector<std::string> words) {
  std::vector<char*> argv;
  std::string name = "e3";
  argv.push_back(name.data());
  for (std::string& word : words) argv.push_back(word.data());
  return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

std::string complaint(const std::vector<std::string>& words) {
  try {
    parse(words);
  } catch (const UsageError& error) {
    return error.message;
  }
  return "accepted";
}

TEST(Options, WordsWithAColonAreServersOthersAreChecks) {
  const Options options = parse({"run", "read.split", "127.0.0.1:80", "close.*"});
  EXPECT_EQ(options.endpoint, "127.0.0.1:80");
  EXPECT_EQ(options.selection, (std::vector<std::string>{"read.split", "close.*"}));
}

TEST(Options, AProgramMayHaveAProfileOfItsOwn) {
  char name[] = "e3";
  char run[] = "run";
  char option[] = "--profile";
  char other[] = "hello";
  char* words[] = {name, run, option, other, nullptr};
  EXPECT_EQ(parse_command_line(2, words, "echo").profile, "echo");
  EXPECT_EQ(parse_command_line(4, words, "echo").profile, "hello");
  EXPECT_EQ(parse_command_line(2, words).profile, "http");
}

TEST(Options, TimesHaveUnits) {
  EXPECT_EQ(parse({"run", "--timeout", "500ms"}).timeout, 500ms);
  EXPECT_EQ(parse({"run", "--timeout", "3s"}).timeout, 3s);
  EXPECT_NE(complaint({"run", "--timeout", "3"}), "accepted");
}

TEST(Options, ReportsMayBeGivenSeveralTimes) {
  const Options options = parse({"run", "--report", "junit=a.xml", "--report", "json=b.json"});
  ASSERT_EQ(options.reports.size(), 2U);
  EXPECT_EQ(options.reports[1].format, "json");
  EXPECT_EQ(options.reports[1].path, "b.json");
}

TEST(Options, AWordBehindAnOptionThatHasItsValueIsNotSwallowed) {
  const Options options =
      parse({"run", "-x", "*.fin", "127.0.0.1:80", "--report", "junit=a.xml", "json=b", "read"});
  EXPECT_EQ(options.exclude, std::vector<std::string>{"*.fin"});
  EXPECT_EQ(options.endpoint, "127.0.0.1:80");
  EXPECT_EQ(options.reports.size(), 2U);
  EXPECT_EQ(options.selection, std::vector<std::string>{"read"});
}

struct Bad {
  std::vector<std::string> words;
  std::string_view part;  // of the complaint, which says what to do
};

TEST(Options, BadCommandLinesAreRefusedWithTheFix) {
  const Bad rows[] = {
      {{}, "required"},
      {{"walk"}, "walk"},
      {{"run", "--nonsense"}, "e3 run --help"},
      {{"run", "a:1", "b:2"}, "one at a time"},
      {{"run", "--spawn", "./server"}, "{port}"},
      {{"run", "--spawn", "./server {port}", "127.0.0.1:80"}, "--port"},
      {{"run", "--report", "xml=a"}, "junit=e3.xml"},
      {{"run", "--report", "junit="}, "junit=PATH"},
      {{"run", "--engine", "socketpair", "127.0.0.1:80"}, "leave --engine out"},
      {{"run", "--profile", "gopher"}, "gopher"},
      {{"run", "--port", "70000"}, "70000"},
      {{"run", "--seed", "many"}, "many"},
      {{"run", "--seed", "-1"}, "0 to 18446744073709551615"},
      {{"run", "--seed", "18446744073709551616"}, "0 to 18446744073709551615"},
      {{"torture", "--pairs", "-1"}, "0 to 18446744073709551615"},
      {{"run", "--timeout", "-1s"}, "longer than 0"},
      {{"run", "--ready-timeout", "0ms"}, "longer than 0"},
      {{"run", "--port", "8080"}, "127.0.0.1:8080"},
      {{"replay", "a.e3", "--port", "8080"}, "127.0.0.1:8080"},
      {{"run", "127.0.0.1:80", "--ready-timeout", "1s"}, "--spawn"},
      {{"run", "--until-fail"}, "--repeat"},
      {{"run", "--seed", "010"}, "010"},
      {{"fuzz", "-j", "010"}, "010"},
      {{"--bogus"}, "--bogus"},
      {{"run", "--timeout", "9999999s"}, "longer than"},
      {{"probe", "--wait", "-5s"}, "longer than 0"},
      {{"fuzz", "--time", "0s"}, "longer than 0"},
      {{"run", "--max-failures", "0"}, "1 to 1000000"},
      {{"explain"}, "id"},
  };
  for (const Bad& row : rows) {
    const std::string message = complaint(row.words);
    EXPECT_NE(message.find(row.part), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

TEST(Options, WhatTheOutcomeDependsOnIsKeptForTheNextRun) {
  EXPECT_EQ(outcome_arguments(parse({"run", "accept", "--seed", "3", "--repeat", "2"})), "");
  const std::vector<std::string> words = {
      "run",       "--spawn", "./it's a-server {port}", "--port",    "80",
      "--timeout", "300ms",   "--ready-timeout",        "2000ms",    "--strict",
      "--fail-on", "new",     "--expectations",         "known.toml"};
  EXPECT_EQ(outcome_arguments(parse(words)),
            R"( --spawn './it'\''s a-server {port}' --port 80 --timeout 300ms)"
            " --ready-timeout 2000ms --strict --fail-on new --expectations known.toml");
  EXPECT_EQ(program_word("build/bin/e3"), "e3");
  EXPECT_EQ(program_word("./my server"), "'./my server'");
}

TEST(Options, ProfilesThatComeWithE3AreFoundByTheirNames) {
  EXPECT_TRUE(parse({"run", "--profile", "redis"}).profile.ends_with("/profiles/redis.toml"));
  EXPECT_TRUE(parse({"probe", "--profile", "smtp"}).profile.ends_with("/profiles/smtp.toml"));
  EXPECT_EQ(parse({"run", "--profile", "echo"}).profile, "echo");
  EXPECT_NE(complaint({"replay", "a.e3", "--profile", "gopher"}).find("redis"), std::string::npos);
}

TEST(Options, TheLargestSeedIsOne) {
  EXPECT_EQ(parse({"run", "--seed", "18446744073709551615"}).seed, 18446744073709551615U);
  EXPECT_EQ(parse({"run", "--seed", "0"}).seed, 0U);
}

// What an unset variable of a script leaves must not choose another server, or more checks.
TEST(Options, EmptyValuesAreRefused) {
  const std::vector<std::string> rows[] = {
      {"run", "--spawn", ""},
      {"run", ""},
      {"replay", "a.e3", "--spawn", ""},
      {"replay", "a.e3", ""},
      {"probe", "--spawn", ""},
      {"exhaust", "--spawn", ""},
      {"exhaust", "--only", ""},
      {"torture", "--spawn", ""},
      {"minimize", "a.e3", "--spawn", ""},
      {"minimize", "a.e3", "-o", ""},
      {"run", "--expectations", ""},
      {"run", "--rerun-failed", ""},
      {"run", "-x", ""},
  };
  for (const std::vector<std::string>& row : rows) {
    EXPECT_NE(complaint(row).find("the value is empty"), std::string::npos)
        << row.front() << ' ' << row.at(row.size() - 2) << ": " << complaint(row);
  }
  EXPECT_EQ(parse({"run", "--shown-at", ""}).shown_at, "");  // which chooses nothing
}

}  // namespace
}  // namespace e3::cli
