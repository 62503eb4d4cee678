// SPDX-License-Identifier: MIT
// Servers that do what the RFCs allow are not blamed, whatever the reference server does instead;
// and answers that look nearly right are.
#include <gtest/gtest.h>

#include <string>

#include "harness/checks/catalogue.h"
#include "harness/checks/runner.h"
#include "run_in_process.h"
#include "scripted_http.h"

namespace e3 {
namespace {

using mutants::ParseResult;
using mutants::ParseState;
using testing_servers::http_answer;
using testing_servers::Reply;
using testing_servers::Script;
using testing_servers::usual_reply;

constexpr std::string_view kClose = "Connection: close\r\n";

// The results of the checks and variants that `word` selects.
std::vector<CheckResult> run_against(const Script& script, std::string_view word,
                                     const Profile& profile = *find_profile("http"),
                                     bool strict = false) {
  std::vector<const Check*> checks;
  for (const Check* check : all_checks()) {
    if (selects(std::string(word.substr(0, word.find('['))), std::string(check->id))) {
      checks.push_back(check);
    }
  }
  std::vector<CheckResult> results =
      run_in_process([&] { testing_servers::serve_scripted(script); }, checks,
                     InProcessEngine::kSim, profile, strict)
          .checks;
  if (word.find('[') != std::string_view::npos) {
    std::erase_if(results, [&](const CheckResult& result) { return result.id != word; });
  }
  EXPECT_FALSE(results.empty()) << word << " selects nothing";
  for (const CheckResult& result : results) {
    for (const Failure& warning : result.warnings) EXPECT_NE(warning.point, "") << result.id;
  }
  return results;
}

std::string told(const CheckResult& result) {
  const auto& seen = result.failures.empty() ? result.warnings : result.failures;
  return result.id + ": " + std::string(to_string(result.verdict)) + " " + result.reason +
         (seen.empty()
              ? ""
              : " " + seen.front().violation.expected + " / " + seen.front().violation.actual);
}

void expect_verdict(const Script& script, std::string_view word, Verdict verdict,
                    bool strict = false) {
  for (const CheckResult& result : run_against(script, word, *find_profile("http"), strict)) {
    EXPECT_EQ(result.verdict, verdict) << told(result);
  }
}

std::optional<Reply> as_usual(const ParseResult&, std::string_view) { return std::nullopt; }

TEST(HttpJudgement, TheUnchangedServerPassesEverything) {
  for (const CheckResult& result : run_against(as_usual, "http")) {
    EXPECT_EQ(result.verdict, Verdict::kPass) << told(result);
  }
}

// Numbers its answers, so that no two have the same body, nor in the end the same length.
Script counting(int& answers) {
  return [&answers](const ParseResult& result, std::string_view) -> std::optional<Reply> {
    if (result.state != ParseState::kComplete) return std::nullopt;
    const auto& request = result.request;
    const std::string body = request.method == "POST" ? request.body : "";
    Reply reply{.bytes = http_answer("200 OK", body + "answer #" + std::to_string(++answers) + "\n",
                                     request.keep_alive ? "" : kClose),
                .ends = !request.keep_alive};
    if (request.method == "HEAD") reply.bytes.erase(reply.bytes.find("\r\n\r\n") + 4);
    return reply;
  };
}

TEST(HttpJudgement, WhatTheProfileMasksMayDifferInBodies) {
  Profile profile = *find_profile("http");
  profile.masks = {{.after = "answer #", .until = "\n"},
                   {.after = "Content-Length: ", .until = "\r\n"}};
  int answers = 0;
  for (const CheckResult& result : run_against(counting(answers), "http", profile)) {
    EXPECT_EQ(result.verdict, Verdict::kPass) << told(result);
  }
}

TEST(HttpJudgement, WhatNoMaskCoversIsStillCompared) {
  Profile profile = *find_profile("http");
  profile.masks = {{.after = "answer #", .until = "\n"}};
  int requests = 0;
  const Script forgetful = [&](const ParseResult& result, std::string_view) {
    std::optional<Reply> reply;
    if (result.state == ParseState::kComplete && result.request.method == "POST") {
      // The usual answer while the traits are learned, and another one afterwards.
      reply = {.bytes = http_answer("200 OK", ++requests <= 3 ? "all\n" : "half\n")};
    }
    return reply;
  };
  const CheckResult result = run_against(forgetful, "http.length.valid[five]", profile).at(0);
  EXPECT_EQ(result.verdict, Verdict::kFail) << told(result);
}

// Only POST: where the profile's own request is answered differently, no check concludes anything.
TEST(HttpJudgement, BodiesThatNeverRepeatAreNotCompared) {
  int answers = 0;
  const Script script = [&](const ParseResult& result, std::string_view input) {
    return input.starts_with("POST") ? counting(answers)(result, input) : std::nullopt;
  };
  for (const std::string_view word : {"http.length.valid", "http.chunked.valid", "http.expect"}) {
    expect_verdict(script, word, Verdict::kPass);
  }
}

TEST(HttpJudgement, ATargetThatIsNoUriMayBeClosedUpon) {
  const Script script = [](const ParseResult& result, std::string_view input) {
    std::optional<Reply> reply;
    if (result.state == ParseState::kRefused)
      reply = {.bytes = "", .ends = true, .consumed = input.size()};
    return reply;
  };
  expect_verdict(script, "http.content-length", Verdict::kPass);
}

// Refuses what `concerns` says, and reads on behind it.
Script refusing(std::string_view status, bool (*concerns)(std::string_view input), bool ends) {
  return [=](const ParseResult& result, std::string_view input) {
    std::optional<Reply> reply;
    if (result.state == ParseState::kComplete && concerns(input)) {
      reply = {.bytes = http_answer(status, "", ends ? kClose : ""), .ends = ends};
    }
    return reply;
  };
}

TEST(HttpJudgement, AChunkedBodyMayBeRefusedForWantOfALength) {
  const auto chunked = [](std::string_view input) {
    return input.substr(0, input.find("\r\n\r\n")).find("ncoding: ") != std::string_view::npos;
  };
  for (const bool ends : {true, false}) {
    expect_verdict(refusing("411 Length Required", chunked, ends), "http.chunked.valid",
                   Verdict::kPass);
  }
  expect_verdict(refusing("400 Bad Request", chunked, true), "http.chunked.valid[one]",
                 Verdict::kFail);
}

TEST(HttpJudgement, BehindARefusalWhoseFramingIsClearTheNextRequestMayBeServed) {
  const auto post_without_length = [](std::string_view input) {
    return input.starts_with("POST") && input.find("Content-Length") > input.find("\r\n\r\n");
  };
  const auto get_with_body = [](std::string_view input) {
    return input.starts_with("GET") && input.find("Content-Length") < input.find("\r\n\r\n");
  };
  expect_verdict(refusing("411 Length Required", post_without_length, false),
                 "http.length.valid[none]", Verdict::kPass);
  expect_verdict(refusing("400 Bad Request", get_with_body, false), "http.length.valid[on-get]",
                 Verdict::kPass);
  // Nor may the body be taken for the next request.
  const Script reads_body_as_request = [&](const ParseResult& result, std::string_view input) {
    auto reply = refusing("400 Bad Request", get_with_body, false)(result, input);
    if (reply) reply->consumed = input.find("\r\n\r\n") + 4;
    return reply;
  };
  expect_verdict(reads_body_as_request, "http.length.valid[on-get]", Verdict::kFail);
}

TEST(HttpJudgement, AConnectionMayEndAfterSoManyRequests) {
  int requests = 0;
  bool was_last = false;
  const Script some_time = [&](const ParseResult& result, std::string_view) {
    std::optional<Reply> reply;
    if (result.state == ParseState::kComplete && ++requests == 25) {
      was_last = true;
      reply = {.bytes = http_answer("200 OK", "e3", kClose), .ends = true};
    }
    return reply;
  };
  expect_verdict(some_time, "reuse.sequential", Verdict::kPass);
  EXPECT_TRUE(was_last) << requests;
}

TEST(HttpJudgement, APostToAnUnknownPathMayBeRefusedInAnyWay) {
  const auto unknown = [](std::string_view input) { return input.starts_with("POST /e3-no-"); };
  for (const std::string_view status : {"404 Not Found", "501 Not Implemented", "302 Found"}) {
    expect_verdict(refusing(status, unknown, false), "http.length.valid[unknown-path]",
                   Verdict::kPass);
  }
}

TEST(HttpJudgement, WhoeverNamesNoHostMayBeRefusedEvenByHttp10) {
  const auto without_host = [](std::string_view input) {
    return input.find("Host:") == std::string_view::npos;
  };
  const Script strict = refusing("400 Bad Request", without_host, true);
  expect_verdict(strict, "http.host[missing-1.0]", Verdict::kWarn);
  expect_verdict(strict, "http.connection.close[1.0]", Verdict::kPass);
}

// A server that puts spaces there is right, and answers as one that takes NUL and CR as they are.
TEST(HttpJudgement, AValueThatMayHaveBeenReplacedFailsNotEvenAStrictRun) {
  const Script replacing = [](const ParseResult& result, std::string_view input) {
    std::optional<Reply> reply;
    if (result.state == ParseState::kRefused && input.find("X: a") != std::string_view::npos) {
      reply = {.bytes = http_answer("200 OK", "hello\n", kClose), .ends = true};
    }
    return reply;
  };
  for (const std::string_view id : {"http.field.value[nul]", "http.field.value[return]"}) {
    expect_verdict(replacing, id, Verdict::kWarn, true);
  }
}

TEST(HttpJudgement, ATargetOfAnyLengthMayBeServed) {
  const Script generous = [](const ParseResult& result, std::string_view input) {
    std::optional<Reply> reply;
    if (result.state == ParseState::kRefused && input.size() > 1'000'000) {
      reply = {.bytes = http_answer("200 OK", "hello\n", kClose), .ends = true};
    }
    return reply;
  };
  expect_verdict(generous, "http.request-line.target[megabyte]", Verdict::kPass);
}

TEST(HttpJudgement, ADateIsADayThatThereWas) {
  const auto dated = [](std::string_view date) -> Script {
    return [date](const ParseResult& result, std::string_view) -> std::optional<Reply> {
      constexpr std::string_view kUsual = "Sun, 06 Nov 1994 08:49:37 GMT";
      Reply reply = usual_reply(result);
      if (result.state == ParseState::kComplete) {
        reply.bytes.replace(reply.bytes.find(kUsual), kUsual.size(), date);
      }
      return reply;
    };
  };
  expect_verdict(dated("Sat, 29 Feb 2020 23:59:59 GMT"), "http.answer.date", Verdict::kPass);
  for (const std::string_view wrong :
       {"Mon, 06 Nov 1994 08:49:37 GMT", "Foo, 99 Bar 0000 99:99:99 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Sun, 6 Nov 1994 08:49:37 GMT", "Mon, 29 Feb 2021 00:00:00 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC"}) {
    expect_verdict(dated(wrong), "http.answer.date", Verdict::kWarn);
  }
}

}  // namespace
}  // namespace e3
