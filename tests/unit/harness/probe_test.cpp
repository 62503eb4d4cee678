// SPDX-License-Identifier: MIT
// What a probe says of servers that are known, and that the profile it writes can be read.
#include "harness/probe/probe.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/checks/profile_text.h"
#include "harness/checks/session.h"
#include "harness/mutants/http_bug.h"
#include "harness/mutants/tiny_server.h"
#include "probe_server.h"
#include "scripted_http.h"

namespace e3::probe {
namespace {

using mutants::Bug;
using mutants::HttpBug;

Result probe_tiny(Bug bug) {
  return probe_server([bug] { mutants::serve_tiny(bug, 8080); });
}

Result probe_http(HttpBug bug) {
  return probe_server([bug] { mutants::serve_http_mutant(bug, 8080); });
}

std::string says(const Result& result, std::string_view key) {
  for (const Fact& fact : result.facts) {
    if (fact.key == key) return fact.says;
  }
  return "nothing";
}

TEST(Probe, TellsTimeOutsOfAServerToTheTick) {
  const Result result = probe_tiny(Bug::kNone);
  EXPECT_EQ(says(result, "silence_time_out"), "10.25 s");
  EXPECT_EQ(says(result, "request_time_out"), "10.25 s");
  EXPECT_EQ(says(probe_tiny(Bug::kNoHeadTime), "silence_time_out"), "none within 600 s");
  EXPECT_EQ(says(probe_tiny(Bug::kKillsSlowHeads), "request_time_out"), "0.60 s");
}

TEST(Probe, TellsTheHalfClosePolicy) {
  const Result answers = probe_tiny(Bug::kNone);
  EXPECT_EQ(says(answers, "half_close"), "the request is answered");
  EXPECT_EQ(answers.profile.half_close, HalfClose::kAnswers);
  const Result drops = probe_tiny(Bug::kDropsAnswerAtHalfClose);
  EXPECT_EQ(says(drops, "half_close"), "the request is not answered");
  EXPECT_EQ(drops.profile.half_close, HalfClose::kMayClose);
}

TEST(Probe, TellsWhatOfHttpIsThere) {
  const Result full = probe_http(HttpBug::kNone);
  for (const std::string_view key :
       {"keep_alive_1_1", "pipelining", "post", "chunked", "continue"}) {
    EXPECT_EQ(says(full, key), "yes") << key;
  }
  EXPECT_EQ(says(full, "answers_as"), "HTTP/1.1");
  EXPECT_EQ(says(full, "idle_time_out"), "60.00 s");
  EXPECT_EQ(says(probe_http(HttpBug::kForgetsPipelined), "pipelining"), "no");
  EXPECT_EQ(says(probe_http(HttpBug::kNeverContinues), "continue"), "no");
  EXPECT_EQ(says(probe_tiny(Bug::kNone), "keep_alive_1_1"), "no");
}

TEST(Probe, SeesTheInvitationBehindAnEarlyHint) {
  const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: </e>\r\n\r\n";
  const auto invites_with = [](const std::string& invitation) {
    const Result result = probe_server([invitation] {
      testing_servers::serve_scripted([](const auto&, std::string_view) { return std::nullopt; },
                                      invitation);
    });
    return says(result, "continue");
  };
  EXPECT_EQ(invites_with(hints + std::string(testing_servers::kInvitation)), "yes");
  EXPECT_EQ(invites_with(hints), "no");
}

// Takes at most this many fields, of at most so many bytes, in a head of 32 KiB.
Result probe_where_fields_are_limited(std::ptrdiff_t fields_max, std::size_t longest) {
  return probe_server([=] {
    testing_servers::serve_scripted(
        [=](const mutants::ParseResult&,
            std::string_view input) -> std::optional<testing_servers::Reply> {
          const std::string_view head = input.substr(0, input.find("\r\n\r\n"));
          bool refuses =
              std::count(head.begin(), head.end(), '\n') > fields_max || head.size() + 4 > 32768;
          for (std::size_t at = head.find('\n'); at != head.npos;) {
            const std::size_t end = head.find("\r\n", at);
            refuses = refuses || std::min(end, head.size()) - at - 1 > longest;
            at = end == head.npos ? end : end + 1;
          }
          if (!refuses) return std::nullopt;
          const std::string close = "Connection: close\r\n";
          return testing_servers::Reply{
              .bytes = testing_servers::http_answer("431 Too Much", "", close), .ends = true};
        });
  });
}

TEST(Probe, TellsALimitOfFieldsFromOneOfBytes) {
  const Result few = probe_where_fields_are_limited(20, 8000);
  EXPECT_EQ(says(few, "longest_field"), "8000 bytes");
  EXPECT_EQ(says(few, "longest_head"), "32768 bytes");
  EXPECT_EQ(says(few, "most_fields"), "20 fields");
  const Result short_ones = probe_where_fields_are_limited(100'000, 500);
  EXPECT_EQ(says(short_ones, "longest_field"), "500 bytes");
  EXPECT_EQ(says(short_ones, "longest_head"), "32768 bytes");
  EXPECT_EQ(says(short_ones, "most_fields"), "at least 1000 fields");
}

TEST(Probe, WillNotGuessAboutAServerThatDoesNotAnswer) {
  EXPECT_THROW(probe_tiny(Bug::kNeverAnswers), ControlFailed);
  EXPECT_THROW(probe_tiny(Bug::kAnswers400ToAll), ControlFailed);
}

TEST(ProfileText, IsReadAsItWasWritten) {
  Profile profile = load_profile("http");
  profile.greeting_end = "ready\r\n";
  profile.half_close = HalfClose::kCloses;
  profile.time_out = std::chrono::milliseconds(1500);
  profile.answer_length = LengthField{.at = 1, .bytes = 2, .little_endian = true, .more = 3};
  profile.masks = {{.after = "#\x7f\t\"", .until = " "}, {.after = "id=", .until = ""}};
  const Profile again = parse_profile(profile_text(profile), "again");
  EXPECT_EQ(again.request, profile.request);
  EXPECT_EQ(again.large_request, profile.large_request);
  EXPECT_EQ(again.pad_at, profile.pad_at);
  EXPECT_EQ(again.greeting_end, profile.greeting_end);
  EXPECT_EQ(again.half_close, profile.half_close);
  EXPECT_EQ(again.time_out, profile.time_out);
  ASSERT_TRUE(again.answer_length);
  EXPECT_EQ(again.answer_length->at, 1U);
  EXPECT_EQ(again.answer_length->bytes, 2U);
  EXPECT_TRUE(again.answer_length->little_endian);
  EXPECT_EQ(again.answer_length->more, 3U);
  EXPECT_TRUE(again.is_http);
  ASSERT_EQ(again.masks.size(), 2U);
  EXPECT_EQ(again.masks[0].after, profile.masks[0].after);
  EXPECT_EQ(again.masks[0].until, " ");
}

TEST(ProfileText, EveryProfileOfOursCanBeWritten) {
  for (const Profile& profile : profiles()) {
    const Profile again = parse_profile(profile_text(profile), "again");
    EXPECT_EQ(again.request, profile.request);
    EXPECT_EQ(again.peer_ends, profile.peer_ends);
  }
}

TEST(ProfileText, BytesThatTomlCannotHoldAreWrittenAsNumbers) {
  Profile profile = load_profile("echo");
  profile.request = std::string("\xff\xfe\0a", 4);
  profile.masks = {{.after = "\x80", .until = " "}};
  const std::string text = profile_text(profile);
  EXPECT_NE(text.find("request_hex = \"ff fe 00 61\""), std::string::npos) << text;
  const Profile again = parse_profile(text, "again");
  EXPECT_EQ(again.request, profile.request);
  ASSERT_EQ(again.masks.size(), 1U);
  EXPECT_EQ(again.masks[0].after, "\x80");
}

}  // namespace
}  // namespace e3::probe
