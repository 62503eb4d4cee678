// SPDX-License-Identifier: MIT
#include "harness/report/report.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

#include "harness/checks/catalogue.h"
#include "harness/report/formats.h"
#include "harness/report/report_files.h"

namespace e3::report {
namespace {

// One of each verdict; the failure carries bytes that XML and JSON must not carry.
RunResult sample() {
  RunResult result;
  result.target = "a <b> & \"c\"";
  result.profile = "http";
  result.seed = 7;
  const auto all = all_checks();
  const Verdict verdicts[] = {Verdict::kPass, Verdict::kFail, Verdict::kSkip,
                              Verdict::kInconclusive};
  for (std::size_t i = 0; i < std::size(verdicts); ++i) {
    CheckResult check;
    check.check = all[i];
    check.id = all[i]->id;
    check.verdict = verdicts[i];
    if (verdicts[i] == Verdict::kFail) {
      check.failures.push_back({.point = "offset 3",
                                .violation = {Symptom::kDied, "lives", "\x01 died <&> \xff"},
                                .cause = "eof-spin",
                                .transcript = {"line"}});
    } else if (verdicts[i] != Verdict::kPass) {
      check.reason = "because";
    }
    result.checks.push_back(check);
  }
  return result;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Report, CountsEachVerdictOnce) {
  const Counts counts = count(sample());
  EXPECT_EQ(counts.total, 4U);
  EXPECT_EQ(counts.passed, 1U);
  EXPECT_EQ(counts.failed, 1U);
  EXPECT_EQ(counts.skipped, 1U);
  EXPECT_EQ(counts.inconclusive, 1U);
}

TEST(Report, OneCauseSeenByTwoChecksIsOneCause) {
  RunResult result = sample();
  result.checks.push_back(result.checks[1]);
  result.checks.back().check = all_checks()[5];
  result.checks.back().id = all_checks()[5]->id;
  const auto causes = causes_met(result);
  ASSERT_EQ(causes.size(), 1U);
  EXPECT_EQ(causes.front().checks.size(), 2U);
}

TEST(Report, JunitEscapesWhatXmlCannotCarry) {
  const std::string junit = to_junit(sample());
  EXPECT_TRUE(contains(junit, "a &lt;b&gt; &amp; &quot;c&quot;"));
  EXPECT_TRUE(contains(junit, "\\x01 died &lt;&amp;&gt; \\xff"));
  EXPECT_FALSE(contains(junit, "\x01"));
  EXPECT_TRUE(contains(junit, "tests=\"4\" failures=\"1\" errors=\"1\""));
  EXPECT_TRUE(contains(junit, "skipped=\"1\""));
}

TEST(Report, JsonReplacesInvalidBytesAndKeepsTheFields) {
  const std::string json = to_json(sample());
  EXPECT_TRUE(contains(json, "\"verdict\": \"INCONCLUSIVE\""));
  EXPECT_TRUE(contains(json, "\"seed\": 7"));
  EXPECT_TRUE(contains(json, "\"cause\": \"eof-spin\""));
}

TEST(Report, TheReplayCommandRunsTheOneCheckAgain) {
  RunResult result = sample();
  result.target_arguments = " --spawn './s {port}'";
  EXPECT_EQ(replay_command(result, result.checks[1]),
            "e3 run " + result.checks[1].id + " --profile http --seed 7 --spawn './s {port}'");
}

TEST(Report, TheReplayCommandIsOfTheProgramThatRan) {
  RunResult result = sample();
  result.program = "./my-server";
  result.profile = "it's mine.toml";
  EXPECT_EQ(
      replay_command(result, result.checks[1]),
      "./my-server run " + result.checks[1].id + R"( --profile 'it'\''s mine.toml' --seed 7)");
}

// While it lives, no file of this process grows beyond `bytes`: what a full disk looks like.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

 private:
  rlimit before_{};
  void (*signal_)(int);
};

TEST(Report, AFileIsWrittenWholeOrNotAtAll) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("e3-report-test-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const auto content = [&] {
    std::ostringstream read;
    read << std::ifstream(folder / "report.xml").rdbuf();
    return read.str();
  };
  write_file(folder / "report.xml", "old");
  EXPECT_EQ(content(), "old");
  // The first fails only as the file is closed, the second while it is written.
  for (const std::size_t size : {std::size_t{20}, std::size_t{1} << 20}) {
    const SmallDisk disk(10);
    EXPECT_THROW(write_file(folder / "report.xml", std::string(size, 'n')), std::system_error);
    EXPECT_EQ(content(), "old") << size;
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1) << size;
  }
  write_file(folder / "report.xml", "new and whole");
  EXPECT_EQ(content(), "new and whole");
  EXPECT_THROW(write_file(folder / "missing" / "report.xml", "x"), std::system_error);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
  std::filesystem::remove_all(folder);
}

TEST(Report, TheUriOfASarifReportIsOne) {
  RunResult run = sample();
  run.shown_at = "a b/c%d:\xff.c";
  EXPECT_TRUE(contains(to_sarif(run), "\"uri\": \"a%20b/c%25d%3A%FF.c\""));
}

TEST(Report, AServersBytesGiveAGithubLogNoCommands) {
  RunResult run = sample();
  CheckResult& failed = run.checks[1];
  failed.failures[0].violation.actual = "##[error]x";
  EXPECT_FALSE(contains(github_check_lines(run, failed), "##["));
  EXPECT_FALSE(contains(tap_check_lines(run, failed), "##["));
}

TEST(Report, OneThatCannotBeWrittenLeavesTheOthersWhole) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("e3-report-full-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const std::string tap = folder / "tap";
  const std::string json = folder / "json";
  for (const char* kind : {"json", "tap", "github", "ndjson", "junit"}) {
    EXPECT_THROW(
        write_reports({{kind, "/dev/full"}, {"tap", tap}, {"json", json}}, RunResult(), sample()),
        std::system_error)
        << kind;
    std::ostringstream read;
    read << std::ifstream(tap).rdbuf() << std::ifstream(json).rdbuf();
    EXPECT_TRUE(contains(read.str(), "Bail out!")) << read.str();
    EXPECT_TRUE(contains(read.str(), "\"failed\": 1")) << read.str();
  }
  std::filesystem::remove_all(folder);
}

TEST(Report, WhatCanBeReplacedIsNoStream) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("e3-report-kinds-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  std::filesystem::create_symlink("new", folder / "dangling");
  std::filesystem::create_symlink("/dev/stderr", folder / "open");
  for (const std::string& path : {std::string("/dev/shm/r.json"), (folder / "dangling").string()}) {
    EXPECT_FALSE(is_stream({"json", path})) << path;
  }
  for (const std::string& path :
       {std::string("-"), std::string("/dev/stderr"), std::string("/dev/fd/2"),
        std::string("/proc/self/fd/2"), std::string("/dev/null"), (folder / "open").string()}) {
    EXPECT_TRUE(is_stream({"json", path})) << path;
  }
  std::filesystem::remove_all(folder);
}

TEST(Report, DestinationsAreCheckedBeforeAnythingIsWritten) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("e3-report-check-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const std::string good = folder / "good";
  write_file(good, "good");
  std::filesystem::create_symlink("good", folder / "link");
  EXPECT_THROW(check_destinations({{"tap", good}, {"json", "/nowhere/x"}}), std::system_error);
  EXPECT_THROW(check_destinations({{"tap", good}, {"json", folder}}), std::system_error);
  EXPECT_THROW(check_destinations({{"tap", folder / "link"}, {"json", good}}),
               std::invalid_argument);
  EXPECT_THROW(check_destinations({{"tap", folder / "new"}, {"json", folder / "." / "new"}}),
               std::invalid_argument);
  EXPECT_THROW(check_destinations({{"tap", "-"}, {"json", "-"}}), std::invalid_argument);
  check_destinations(
      {{"tap", good}, {"json", folder / "new"}, {"html", "/dev/null"}, {"sarif", "/dev/null"}});
  std::ostringstream read;
  read << std::ifstream(good).rdbuf();
  EXPECT_EQ(read.str(), "good");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 2);
  std::filesystem::remove_all(folder);
}

TEST(Report, AFileBehindASymbolicLinkIsReplacedAndTheLinkStays) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("e3-report-link-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder / "real");
  for (const char* name : {"old", "dangling"}) {
    std::filesystem::create_symlink(folder / "real" / name, folder / name);
  }
  write_file(folder / "real" / "old", "old");
  for (const char* name : {"old", "dangling"}) {
    write_file(folder / name, "new");
    EXPECT_TRUE(std::filesystem::is_symlink(folder / name)) << name;
    std::ostringstream read;
    read << std::ifstream(folder / "real" / name).rdbuf();
    EXPECT_EQ(read.str(), "new") << name;
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace e3::report
