// SPDX-License-Identifier: MIT
#include "harness/preload/messages.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "harness/checks/catalogue.h"

namespace e3::preload {
namespace {

const std::string kAnyBytes = std::string("\0\xff\x80\xc3(\n", 6) + "\"é";

Failure failure() {
  return {.point = "offset 17",
          .violation = {.symptom = Symptom::kNotEnded,
                        .expected = kAnyBytes,
                        .actual = "still open",
                        .waits_for_ever = true},
          .cause = "eof-spin",
          .transcript = {"first", kAnyBytes}};
}

CheckResult result() {
  CheckResult result;
  result.check = find_check("read.split.every-offset");
  result.id = "read.split.every-offset";
  result.level = Level::kShould;
  result.verdict = Verdict::kTimeout;
  result.answer = Verdict::kPass;
  result.connection = Verdict::kNotApplicable;
  result.ending = "closed";
  result.reason = "because";
  result.points_run = 3;
  result.points_total = 4;
  result.unit = "offsets";
  result.failures = {failure(), failure()};
  result.warnings = {failure()};
  result.notes = {kAnyBytes, ""};
  return result;
}

void expect_same(const Failure& got, const Failure& sent) {
  EXPECT_EQ(got.point, sent.point);
  EXPECT_EQ(got.violation.symptom, sent.violation.symptom);
  EXPECT_EQ(got.violation.expected, sent.violation.expected);
  EXPECT_EQ(got.violation.actual, sent.violation.actual);
  EXPECT_EQ(got.violation.waits_for_ever, sent.violation.waits_for_ever);
  EXPECT_EQ(got.cause, sent.cause);
  EXPECT_EQ(got.transcript, sent.transcript);
}

template <typename Message>
Message through_a_stream(const Message& message) {
  std::string stream = encoded(message) + "rest";
  Message taken;
  EXPECT_TRUE(take(stream, taken));
  EXPECT_EQ(stream, "rest");
  return taken;
}

Reply sent_and_taken(const Reply& reply) { return through_a_stream(reply); }

TEST(PreloadMessages, AnOrderArrivesAsItWasGiven) {
  const Order order{.version = "1.2.3",
                    .id = "http.version[2.0]",
                    .profile = "http",
                    .seed = UINT64_MAX,
                    .strict = true,
                    .port = 8080,
                    .computing_seconds = 20};
  const Order got = through_a_stream(order);
  EXPECT_EQ(got.version, order.version);
  EXPECT_EQ(got.id, order.id);
  EXPECT_EQ(got.profile, order.profile);
  EXPECT_EQ(got.seed, order.seed);
  EXPECT_EQ(got.strict, order.strict);
  EXPECT_EQ(got.port, order.port);
  EXPECT_EQ(got.computing_seconds, order.computing_seconds);
}

TEST(PreloadMessages, AConclusionArrivesWithEveryByte) {
  const Concluded sent{.result = result(),
                       .facts = {.engine = "preload",
                                 .remarks = {"one"},
                                 .transcript_hash = UINT64_MAX - 1,
                                 .transcript_repeats = true}};
  const auto got = std::get<Concluded>(sent_and_taken(sent));
  EXPECT_EQ(got.result.check, sent.result.check);
  EXPECT_EQ(got.result.id, sent.result.id);
  EXPECT_EQ(got.result.level, sent.result.level);
  EXPECT_EQ(got.result.verdict, sent.result.verdict);
  EXPECT_EQ(got.result.answer, sent.result.answer);
  EXPECT_EQ(got.result.connection, sent.result.connection);
  EXPECT_EQ(got.result.ending, sent.result.ending);
  EXPECT_EQ(got.result.reason, sent.result.reason);
  EXPECT_EQ(got.result.points_run, sent.result.points_run);
  EXPECT_EQ(got.result.points_total, sent.result.points_total);
  EXPECT_EQ(got.result.unit, sent.result.unit);
  EXPECT_EQ(got.result.notes, sent.result.notes);
  ASSERT_EQ(got.result.failures.size(), 2U);
  for (const Failure& each : got.result.failures) expect_same(each, failure());
  ASSERT_EQ(got.result.warnings.size(), 1U);
  expect_same(got.result.warnings.front(), failure());
  EXPECT_EQ(got.facts.engine, sent.facts.engine);
  EXPECT_EQ(got.facts.remarks, sent.facts.remarks);
  EXPECT_EQ(got.facts.transcript_hash, sent.facts.transcript_hash);
  EXPECT_EQ(got.facts.transcript_repeats, sent.facts.transcript_repeats);
}

TEST(PreloadMessages, EachSymptomAndCauseKeepsItsName) {
  for (int i = 0; symptom_named(to_string(static_cast<Symptom>(i))); ++i) {
    for (const Cause& cause : causes()) {
      Concluded sent{.result = result(), .facts = {}};
      sent.result.failures = {failure()};
      sent.result.failures.front().violation.symptom = static_cast<Symptom>(i);
      sent.result.failures.front().cause = cause.slug;
      const auto got = std::get<Concluded>(sent_and_taken(sent));
      EXPECT_EQ(got.result.failures.front().violation.symptom, static_cast<Symptom>(i));
      EXPECT_EQ(got.result.failures.front().cause, cause.slug);
    }
  }
  EXPECT_EQ(symptom_named("extra-answer"), Symptom::kExtraAnswer);  // the loop saw many
}

TEST(PreloadMessages, TheOtherRepliesArrive) {
  EXPECT_TRUE(std::holds_alternative<Ready>(sent_and_taken(Ready{})));
  EXPECT_EQ(std::get<Loaded>(sent_and_taken(Loaded{"eventfd"})).made_earlier, "eventfd");
  EXPECT_EQ(std::get<Unavailable>(sent_and_taken(Unavailable{kAnyBytes})).why, kAnyBytes);
  EXPECT_EQ(std::get<Unsupported>(sent_and_taken(Unsupported{"fork"})).call, "fork");
  EXPECT_EQ(std::get<LastWords>(sent_and_taken(LastWords{{"a", kAnyBytes}})).transcript,
            (std::vector<std::string>{"a", kAnyBytes}));
}

TEST(PreloadMessages, QuestionsAndTheirAnswersArrive) {
  using What = Question::What;
  for (const What what : {What::kJudge, What::kGlance, What::kRecordCalls, What::kAnswer}) {
    const Question got = through_a_stream(Question{what, kAnyBytes});
    EXPECT_EQ(got.what, what);
    EXPECT_EQ(got.text, kAnyBytes);
  }
  const auto acquitted = std::get<Judged>(sent_and_taken(Judged{std::nullopt, 7, {kAnyBytes}}));
  EXPECT_FALSE(acquitted.found);
  EXPECT_EQ(acquitted.faults_struck, 7U);
  EXPECT_EQ(acquitted.transcript, std::vector<std::string>{kAnyBytes});
  const auto convicted = std::get<Judged>(sent_and_taken(Judged{failure().violation, 0, {}}));
  ASSERT_TRUE(convicted.found);
  EXPECT_EQ(convicted.found->symptom, failure().violation.symptom);
  EXPECT_EQ(convicted.found->expected, failure().violation.expected);
  EXPECT_EQ(convicted.found->actual, failure().violation.actual);
  const std::vector<CallSite> calls{{CallKind::kReceive, Role::kConnection, 3, -EAGAIN},
                                    {CallKind::kEpollWait, Role::kEpoll, 1, 2}};
  EXPECT_EQ(std::get<Recorded>(sent_and_taken(Recorded{calls})).calls, calls);
  for (const Ending ending : {Ending::kOpen, Ending::kEof, Ending::kReset}) {
    const auto answered = std::get<Answered>(sent_and_taken(Answered{{kAnyBytes, ending}}));
    EXPECT_EQ(answered.answer.bytes, kAnyBytes);
    EXPECT_EQ(answered.answer.ending, ending);
  }
  EXPECT_EQ(std::get<Inconclusive>(sent_and_taken(Inconclusive{kAnyBytes})).why, kAnyBytes);
  EXPECT_EQ(std::get<Died>(sent_and_taken(Died{139})).status, 139);
}

TEST(PreloadMessages, AReplyIsTakenOnlyWhenItIsWhole) {
  const std::string whole = encoded(Reply(Unavailable{"why"}));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::string stream = whole.substr(0, size);
    Reply reply;
    EXPECT_FALSE(take(stream, reply)) << size;
    EXPECT_EQ(stream.size(), size);
  }
}

// A library of another version may know names that we do not: no other may be taken for them.
TEST(PreloadMessages, AnUnknownNameIsAnError) {
  const auto with = [](std::string_view known, std::string_view unknown) {
    std::string bytes = encoded(Reply(Concluded{.result = result(), .facts = {}}));
    const std::size_t at = bytes.find(known);
    EXPECT_NE(at, std::string::npos);
    return bytes.replace(at, known.size(), unknown);
  };
  for (std::string bytes :
       {with("not-ended", "not-begun"), with("eof-spin", "eof-spun"), with("TIMEOUT", "TIMEIN!"),
        with("read.split", "read.whole"), with("concluded", "concluder")}) {
    Reply reply;
    EXPECT_THROW(take(bytes, reply), BadMessage);
  }
  std::string no_order = encoded(Reply(Ready{}));
  Order order;
  EXPECT_THROW(take(no_order, order), BadMessage);
  std::string no_question =
      encoded(Question{}).replace(encoded(Question{}).find("judge"), 5, "fudge");
  Question question;
  EXPECT_THROW(take(no_question, question), BadMessage);
  EXPECT_THROW(case_named("read.split"), BadMessage);
}

}  // namespace
}  // namespace e3::preload
